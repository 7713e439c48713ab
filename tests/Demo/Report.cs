using System.Text.Json;
using Spectre.Console;

namespace Recovery.Demo;

/// <summary>All that came out of it.</summary>
/// <param name="SecondsFromRequestToLastRunning">Until the last instance was ready on its target.</param>
internal sealed record Report(
    string Recovery, string State, double SecondsFromRequestToLastRunning, IReadOnlyList<InstanceProof> Instances)
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public bool Holds => State == "completed" && Instances.All(each => each.Faults.Count == 0);

    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            instances = Instances.Count,
            recovered = Instances.Count(each => each.Faults.Count == 0),
            failed = Instances.Count(each => each.Faults.Count > 0),
            splitBrain = Instances.Count(each => each.SplitBrain),
            secondsFromRequestToLastRunning = SecondsFromRequestToLastRunning,
            recovery = Recovery,
            state = State,
            perInstance = Instances.Select(each => new
            {
                each.Name,
                each.Source,
                each.Target,
                each.State,
                each.Seconds,
                each.GenerationBefore,
                each.GenerationAfter,
                each.Faults,
            }),
        },
        Web);

    public Table ToTable()
    {
        var table = new Table().Border(TableBorder.Rounded)
            .AddColumns("instance", "from", "to", "state", "seconds", "generation", "proof");
        foreach (var each in Instances)
        {
            table.AddRow(
                each.Name,
                each.Source,
                each.Target ?? "-",
                each.State,
                each.Seconds?.ToString("0.0") ?? "-",
                $"{each.GenerationBefore} → {each.GenerationAfter}",
                each.Faults.Count == 0
                    ? each.State == "running" ? "[green]runs exactly once more[/]" : "[green]defined, and still off[/]"
                    : $"[red]{Markup.Escape(string.Join("; ", each.Faults))}[/]");
        }

        return table;
    }
}
