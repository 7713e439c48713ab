using System.Text.Json;
using Recovery.Labs;
using Spectre.Console;

namespace Recovery.Demo;

/// <summary>One bar per guest, moved by nothing but the recovery's own events.</summary>
internal static class LiveBars
{
    // How far a guest has come when this step is done.
    private static readonly Dictionary<string, double> Steps = new(StringComparer.OrdinalIgnoreCase)
    {
        ["connectVolumes"] = 15,
        ["checkDisks"] = 25,
        ["define"] = 40,
        ["start"] = 60,
        ["attach"] = 70,
        ["verify"] = 90,
        ["commit"] = 95,
    };

    public static async Task ShowAsync(
        IAnsiConsole console, DemoCluster cluster, Evacuation evacuation, CancellationToken cancellationToken) =>
        await console.Progress()
            .AutoClear(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn())
            .StartAsync(async progress =>
            {
                var bars = cluster.Guests.ToDictionary(
                    guest => guest.Id.ToString(), guest => progress.AddTask($"{guest.Name,-10} {"waits",-34}"));
                await foreach (var happened in evacuation.EventsAsync(cancellationToken))
                {
                    Show(happened, bars, cluster);
                }
            });

    private static void Show(JsonElement happened, Dictionary<string, ProgressTask> bars, DemoCluster cluster)
    {
        if (Text(happened, "instance") is not { } id || !bars.TryGetValue(id, out var bar))
        {
            return;
        }

        var name = cluster.Guests.Single(guest => guest.Id.ToString() == id).Name;
        var state = Text(happened, "state");
        switch (state)
        {
            case "recovered":
                bar.Value = 100;
                bar.Description = $"{name,-10} {$"on {Text(happened, "host")}",-34}";
                break;
            case "failed" or "failedUnclean" or "unplaced":
                bar.Description = $"{name,-10} {"failed",-34}";
                bar.StopTask();
                break;
            default:
                // The step that is named has begun or has ended: the bar shows what is known to be done.
                if (Text(happened, "step") is { } step && Steps.TryGetValue(step, out var done))
                {
                    bar.Value = Math.Max(bar.Value, Text(happened, "message")!.Contains(": done", StringComparison.Ordinal) ? done : bar.Value);
                    bar.Description = $"{name,-10} {$"{step} on {Text(happened, "host")}",-34}";
                }

                break;
        }
    }

    private static string? Text(JsonElement element, string member) =>
        element.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
