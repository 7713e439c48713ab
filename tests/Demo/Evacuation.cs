using System.Diagnostics;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Recovery.Labs;
using Spectre.Console;

namespace Recovery.Demo;

/// <summary>The request, by the same curl that an operator would type, and what comes of it.</summary>
internal sealed class Evacuation(LabControlPlane controlPlane, string id, DateTimeOffset requestedAt)
{
    public string Id => id;

    public DateTimeOffset RequestedAt => requestedAt;

    public static async Task<Evacuation> RequestAsync(
        LabControlPlane controlPlane, IAnsiConsole console, CancellationToken cancellationToken)
    {
        var body = $$"""{"kind":"evacuate","hosts":["{{DemoCluster.Source}}"]}""";
        console.MarkupLineInterpolated($"[bold]$ curl -X POST {controlPlane.Address}v1/recoveries -H 'Content-Type: application/json' -d '{body}'[/]");
        var requestedAt = DateTimeOffset.UtcNow;
        using var curl = Process.Start(new ProcessStartInfo("curl")
        {
            ArgumentList =
            {
                "-sS", "--fail-with-body", "-X", "POST", $"{controlPlane.Address}v1/recoveries",
                "-H", "Content-Type: application/json", "-d", body,
            },
            RedirectStandardOutput = true,
        })!;
        var answer = await curl.StandardOutput.ReadToEndAsync(cancellationToken);
        await curl.WaitForExitAsync(cancellationToken);
        if (curl.ExitCode != 0)
        {
            throw new LabException($"The control plane refused: {answer}");
        }

        using var accepted = JsonDocument.Parse(answer);
        var id = accepted.RootElement.GetProperty("id").GetString()!;
        console.MarkupLineInterpolated($"[grey]{accepted.RootElement.GetProperty("state").GetString()}: {controlPlane.Address}v1/recoveries/{id}[/]");
        return new Evacuation(controlPlane, id, requestedAt);
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
