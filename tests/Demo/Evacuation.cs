using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Recovery.Labs;
using Spectre.Console;

namespace Recovery.Demo;

/// <summary>The plan and the request that carries it out, by the same curl that an operator would type.</summary>
internal sealed class Evacuation(LabControlPlane controlPlane, string id, DateTimeOffset requestedAt, IReadOnlyDictionary<Guid, string> planned)
{
    public string Id => id;

    public DateTimeOffset RequestedAt => requestedAt;

    /// <summary>Where the plan said that each instance would go.</summary>
    public IReadOnlyDictionary<Guid, string> Planned => planned;

    public static async Task<Evacuation> RequestAsync(
        LabControlPlane controlPlane, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var plan = await PostAsync(
            controlPlane, console, "v1/plans", $$"""{"kind":"evacuate","hosts":["{{DemoCluster.Source}}"]}""", cancellationToken);
        var planId = plan.GetProperty("id").GetString()!;
        var shown = await controlPlane.TextAsync($"/v1/plans/{planId}", cancellationToken);
        console.MarkupLineInterpolated($"[grey]{WithoutRewrites(shown)}[/]");

        var requestedAt = DateTimeOffset.UtcNow;
        var accepted = await PostAsync(controlPlane, console, "v1/recoveries", $$"""{"plan":"{{planId}}"}""", cancellationToken);
        var id = accepted.GetProperty("id").GetString()!;
        console.MarkupLineInterpolated($"[grey]{accepted.GetProperty("state").GetString()}: {controlPlane.Address}v1/recoveries/{id}[/]");
        return new Evacuation(controlPlane, id, requestedAt, plan.GetProperty("moves").EnumerateArray()
            .ToDictionary(move => move.GetProperty("instance").GetGuid(), move => move.GetProperty("target").GetString()!));
    }

    // What each target rewrites comes last, and is too much for a first look.
    private static string WithoutRewrites(string plan) =>
        string.Join('\n', plan.Split('\n').TakeWhile(line => !line.Contains(" rewrites in ", StringComparison.Ordinal))).TrimEnd();

    private static async Task<JsonElement> PostAsync(
        LabControlPlane controlPlane, IAnsiConsole console, string path, string body, CancellationToken cancellationToken)
    {
        console.MarkupLineInterpolated($"[bold]$ curl -X POST {controlPlane.Address}{path} -H 'Content-Type: application/json' -d '{body}'[/]");
        using var curl = Process.Start(new ProcessStartInfo("curl")
        {
            ArgumentList =
            {
                "-sS", "--fail-with-body", "-X", "POST", $"{controlPlane.Address}{path}",
                "-H", "Content-Type: application/json", "-d", body,
            },
            RedirectStandardOutput = true,
        })!;
        var answer = await curl.StandardOutput.ReadToEndAsync(cancellationToken);
        await curl.WaitForExitAsync(cancellationToken);
        return curl.ExitCode == 0
            ? JsonSerializer.Deserialize<JsonElement>(answer)
            : throw new LabException($"The control plane refused: {answer}");
    }

    /// <summary>The recovery's events as they happen, until it ends.</summary>
    public async IAsyncEnumerable<JsonElement> EventsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/recoveries/{id}/events");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/x-ndjson"));
        using var response = await controlPlane.Http.SendAsync(
            request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        await LabControlPlane.ExpectAsync(response, cancellationToken);
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (line.Length > 0)
            {
                yield return JsonSerializer.Deserialize<JsonElement>(line);
            }
        }
    }

    public Task<JsonElement> ReadAsync(CancellationToken cancellationToken) =>
        controlPlane.GetAsync($"/v1/recoveries/{id}", cancellationToken);

    public async Task<IReadOnlyList<JsonElement>> InstancesAsync(CancellationToken cancellationToken)
    {
        var page = await controlPlane.GetAsync($"/v1/recoveries/{id}/instances", cancellationToken);
        return [.. page.GetProperty("items").EnumerateArray()];
    }
}
