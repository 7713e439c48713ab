using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Recovery.Labs;

namespace Recovery.EndToEnd.Tests;

/// <summary>
/// Three real hosts with the published executor, the published control plane beside them, and canaries on node1.
/// Storage "shared" is seen by all; "pair" by node1 and node2 only, under different paths.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    // Another checkout's tests may run on this machine at the same time: RECOVERY_E2E_LAB=mine:91.
    private static readonly string[] Place = (Environment.GetEnvironmentVariable("RECOVERY_E2E_LAB") ?? "e2e:78").Split(':');
    private static readonly int Subnet = int.Parse(Place[1], CultureInfo.InvariantCulture);
    private static readonly int Port = 7000 + Subnet;
    private static readonly int ReplicaPort = Port + 100;

    private Cluster(Lab lab, LabControlPlane controlPlane) => (Lab, ControlPlane) = (lab, controlPlane);

    public static string LabName => Place[0];

    public Lab Lab { get; }

    public LabControlPlane ControlPlane { get; }

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <param name="fencing">Every host has the lab's power switch as its fence agent.</param>
    /// <param name="hook">A libvirt hook (hooks/qemu) on node2 and node3: bash, with the guest's name as $1 and the phase as $2.</param>
    /// <param name="replicasOn">Where the control plane, as replica a, and those that join it keep their database; null: SQLite.</param>
    public static async Task<Cluster> UpAsync(bool fencing = true, string? hook = null, MariaDb? replicasOn = null)
    {
        var lab = await Lab.UpAsync(
            new LabOptions
            {
                Name = LabName,
                Subnet = Subnet,
                ExecutorBinary = Repository.Executor,
                Storages =
                [
                    new StorageOption("shared"),
                    new StorageOption("pair")
                    {
                        SeenBy = new Dictionary<string, string> { ["node1"] = "/srv/pair", ["node2"] = "/mnt/pair" },
                    },
                ],
            },
            Cancellation);
        try
        {
            if (hook is not null)
            {
                await Task.WhenAll(lab.Hosts.Skip(1).Select(host => HookAsync(host, hook)));
            }

            var controlPlane = replicasOn is null
                ? await LabControlPlane.StartAsync(lab, Repository.ControlPlane, Port, Cancellation)
                : await LabControlPlane.StartReplicaAsync(lab, Repository.ControlPlane, Port, replicasOn, "a", Cancellation);
            await controlPlane.RegisterAsync(lab, fencing, Cancellation);
            return new Cluster(lab, controlPlane);
        }
        catch
        {
            await lab.DisposeAsync();
            throw;
        }
    }

    /// <summary>A second control plane, replica b, which knows all hosts and hears all of them when this returns.</summary>
    public async Task<LabControlPlane> JoinAsync(MariaDb database)
    {
        var other = await LabControlPlane.StartReplicaAsync(Lab, Repository.ControlPlane, ReplicaPort, database, "b", Cancellation);
        foreach (var host in Lab.Hosts)
        {
            await other.UntilAsync(
                $"/v1/hosts/{host.Name}", row => row.GetProperty("liveness").GetString() == "up", TimeSpan.FromSeconds(30), Cancellation);
        }

        return other;
    }

    /// <summary>Adds a canary to node1 and waits until it lives, and until the control plane knows it.</summary>
    public async Task<LabGuest> GuestAsync(string name, bool volume = false, string storage = "shared", bool start = true)
    {
        if (volume)
        {
            await Lab.AddVolumeAsync($"{name}-data", cancellationToken: Cancellation);
        }

        var guest = await Lab.AddGuestAsync(
            new GuestOptions(name, "node1") { Volume = volume ? $"{name}-data" : null, Storage = storage, Start = start }, Cancellation);
        if (start)
        {
            await Lab.StoryAsync(name, story => story.LastBeat > 0, TimeSpan.FromSeconds(60), Cancellation);
        }

        await ControlPlane.UntilAsync(
            "/v1/instances",
            page => page.GetProperty("items").EnumerateArray().Any(instance =>
                instance.GetProperty("id").GetGuid() == guest.Uuid
                && instance.GetProperty("state").GetString() == (start ? "running" : "shutOff")),
            TimeSpan.FromSeconds(30), Cancellation);
        return guest;
    }

    /// <summary>Pulls node1's cord and waits until the control plane misses it.</summary>
    public async Task Node1DiesAsync()
    {
        await Lab.Host("node1").PowerOffAsync(Cancellation);
        await SilentAsync("node1");
    }

    public Task SilentAsync(string host) => LivenessAsync(host, "silent");

    public Task LivenessAsync(string host, string liveness) => ControlPlane.UntilAsync(
        $"/v1/hosts/{host}", row => row.GetProperty("liveness").GetString() == liveness, TimeSpan.FromSeconds(30), Cancellation);

    public async Task<string> EvacuateAsync(object? body = null)
    {
        var response = await ControlPlane.Http.PostAsJsonAsync(
            "/v1/recoveries", body ?? new { kind = "evacuate", hosts = new[] { "node1" } }, Cancellation);
        await LabControlPlane.ExpectAsync(response, Cancellation);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation)).GetProperty("id").GetString()!;
    }

    public async Task MaintenanceAsync(string host, bool enabled) =>
        await LabControlPlane.ExpectAsync(
            await ControlPlane.Http.PutAsJsonAsync($"/v1/hosts/{host}/maintenance", new { enabled, reason = "a test" }, Cancellation),
            Cancellation);

    /// <summary>Tries one instance of an ended recovery again.</summary>
    public Task RetryAsync(string recovery, LabGuest guest) => PostAsync(
        $"/v1/recoveries/{recovery}/instances/{guest.Uuid}/retry", new { who = "end-to-end", why = "what stood in the way is gone" });

    public async Task PostAsync(string path, object? body = null) =>
        await LabControlPlane.ExpectAsync(await ControlPlane.Http.PostAsJsonAsync(path, body ?? new { }, Cancellation), Cancellation);

    public Task<JsonElement> UntilStateAsync(string recovery, params string[] states) => ControlPlane.UntilAsync(
        $"/v1/recoveries/{recovery}", row => states.Contains(row.GetProperty("state").GetString()), TimeSpan.FromSeconds(90), Cancellation);

    public Task<JsonElement> EndAsync(string recovery) =>
        UntilStateAsync(recovery, "completed", "completedWithFailures", "failed", "cancelled");

    public async Task<JsonElement> InstanceAsync(string recovery, LabGuest guest) =>
        (await ControlPlane.GetAsync($"/v1/recoveries/{recovery}/instances", Cancellation)).GetProperty("items")
            .EnumerateArray().Single(row => row.GetProperty("instance").GetGuid() == guest.Uuid);

    public async Task<IReadOnlyList<string>> EventsAsync(string recovery)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/recoveries/{recovery}/events?follow=false");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await ControlPlane.Http.SendAsync(request, Cancellation);
        return [.. (await response.Content.ReadAsStringAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    /// <summary>It runs on this host and on no other, started exactly so often in all, and never met itself.</summary>
    public async Task RunsOnceOnAsync(string host, LabGuest guest, int generation)
    {
        var story = await Lab.StoryAsync(
            guest.Name, each => each.Generation >= generation && each.LastBeat >= 3, TimeSpan.FromSeconds(60), Cancellation);
        Assert.Equal((generation, generation), (story.Generation, story.Runs.Count));
        Assert.Empty(story.Faults);
        var where = await Lab.WhereIsAsync(guest.Name, Cancellation);
        Assert.Equal("running", where[host]);
        Assert.DoesNotContain(where, place => place.Key != host && place.Value != "shut off");
    }

    /// <summary>Nothing of a failed attempt is left on any target: no domain, no secret.</summary>
    public async Task NothingIsLeftOfAsync(LabGuest guest)
    {
        foreach (var host in Lab.Hosts.Where(host => host.IsOn))
        {
            Assert.DoesNotContain(await host.DomainsAsync(Cancellation), domain => domain.Name == guest.Name);
            Assert.DoesNotContain($"{guest.Uuid}", await host.VirshAsync(["secret-list"], null, Cancellation));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ControlPlane.DisposeAsync();
        await Lab.DisposeAsync();
    }

    private static async Task HookAsync(LabHost host, string hook)
    {
        await host.ExecAsync(
            ["bash", "-c", "mkdir -p /etc/libvirt/hooks && cat > /etc/libvirt/hooks/qemu && chmod +x /etc/libvirt/hooks/qemu"],
            $"#!/bin/bash\n{hook}\n", Cancellation);

        // libvirtd looks for hooks when it starts.
        await host.PowerOffAsync(Cancellation);
        await host.PowerOnAsync(Cancellation);
    }
}
