using System.Text.Json;
using Recovery.Labs;
using Spectre.Console;

namespace Recovery.Demo;

/// <summary>A host dies, and its guests run again. Everything in it is real but the size of the guests.</summary>
internal sealed class DemoStory(DemoOptions options, IAnsiConsole console)
{
    public async Task<bool> TellAsync(CancellationToken cancellationToken)
    {
        Say($"A lab of {options.Hosts} hosts, each with its own libvirt and executor, and an iSCSI target.");
        await using var lab = await Lab.UpAsync(DemoCluster.LabFor(options), cancellationToken);
        var cluster = await DemoCluster.PopulateAsync(lab, options.Instances, cancellationToken);
        await using var controlPlane = await LabControlPlane.StartAsync(
            lab, options.ControlPlane, options.Port, cancellationToken: cancellationToken);
        await controlPlane.RegisterAsync(lab, cancellationToken: cancellationToken);
        await KnownAsync(controlPlane, cluster, cancellationToken);
        foreach (var guest in cluster.Guests)
        {
            console.MarkupLineInterpolated($"  {guest.Name,-10} on {DemoCluster.Source}: {guest.Describe()}");
        }

        Say($"Pulling the cord of {DemoCluster.Source}.");
        var before = new Dictionary<string, CanaryStory>();
        await lab.Host(DemoCluster.Source).PowerOffAsync(cancellationToken);
        foreach (var guest in cluster.Guests)
        {
            before[guest.Name] = await lab.StoryAsync(guest.Name, cancellationToken);
        }

        await controlPlane.UntilAsync(
            $"/v1/hosts/{DemoCluster.Source}", host => host.GetProperty("liveness").GetString() == "silent",
            TimeSpan.FromSeconds(30), cancellationToken);

        var evacuation = await Evacuation.RequestAsync(controlPlane, console, cancellationToken);
        await LiveBars.ShowAsync(console, cluster, evacuation, cancellationToken);

        Say("What the guests themselves say:");
        var report = await ReportAsync(cluster, evacuation, before, cancellationToken);
        console.Write(report.ToTable());
        Say(report.Holds
            ? $"Every guest is as it was, where the plan said, exactly once. From the request to the last one running: {report.SecondsFromRequestToLastRunning:0.0} s."
            : "It did not hold; the table says why.");
        console.MarkupLineInterpolated($"Swagger: [link]{controlPlane.Address}swagger[/]{(options.Keep ? "" : "  (with --keep it stays up)")}");
        if (options.Json)
        {
            Console.Out.WriteLine(report.ToJson());
        }

        if (options.Keep)
        {
            lab.Keep();
            controlPlane.Keep();
            Say($"It goes on running. Look: curl {controlPlane.Address}v1/recoveries/{evacuation.Id} -H 'Accept: text/plain'. End it: ./demo --down");
        }

        return report.Holds;
    }

    private void Say(string sentence) => console.MarkupLineInterpolated($"[bold yellow]›[/] {sentence}");

    // A dead host can't be asked: what the control plane does not know before, it will not recover.
    private static async Task KnownAsync(LabControlPlane controlPlane, DemoCluster cluster, CancellationToken cancellationToken)
    {
        await controlPlane.UntilAsync(
            "/v1/hosts", page => page.GetProperty("items").EnumerateArray()
                .All(host => host.GetProperty("liveness").GetString() == "up"),
            TimeSpan.FromSeconds(30), cancellationToken);
        await controlPlane.UntilAsync(
            "/v1/instances", page => cluster.Guests.All(guest => page.GetProperty("items").EnumerateArray().Any(instance =>
                instance.GetProperty("id").GetGuid() == guest.Id
                && instance.GetProperty("state").GetString() == (guest.Off ? "shutOff" : "running"))),
            TimeSpan.FromSeconds(30), cancellationToken);
    }

    private static async Task<Report> ReportAsync(
        DemoCluster cluster, Evacuation evacuation, Dictionary<string, CanaryStory> before, CancellationToken cancellationToken)
    {
        var rows = (await evacuation.InstancesAsync(cancellationToken))
            .ToDictionary(row => row.GetProperty("instance").GetGuid());
        var proofs = await Task.WhenAll(cluster.Guests.Select(guest =>
        {
            rows.TryGetValue(guest.Id, out var row);
            var recovered = row.ValueKind == JsonValueKind.Object && row.GetProperty("state").GetString() == "recovered";
            return Proof.OfAsync(
                cluster.Lab, guest, before[guest.Name], recovered ? row.GetProperty("target").GetString() : null,
                evacuation.Planned.GetValueOrDefault(guest.Id), recovered ? Since(row) : null, cancellationToken);
        }));
        var recovery = await evacuation.ReadAsync(cancellationToken);
        return new Report(
            evacuation.Id,
            recovery.GetProperty("state").GetString()!,
            proofs.Max(proof => proof.Seconds) ?? 0,
            proofs);

        double Since(JsonElement row) =>
            Math.Round((row.GetProperty("readyAt").GetDateTimeOffset() - evacuation.RequestedAt).TotalSeconds, 2);
    }
}
