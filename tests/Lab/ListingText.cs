using System.Text;

namespace Recovery.Labs;

/// <summary>Listings for human eyes.</summary>
internal static class ListingText
{
    public static string Of(LabListing lab) => new StringBuilder()
        .Append(Table(["HOST", "ADDRESS", "POWER", "NETWORK", "EXECUTOR"],
            lab.Hosts.Select(h => new[] { h.Name, h.Address, h.Power, h.Network, h.Executor == "none" ? "none" : $"{h.Executor} {h.ExecutorEndpoint}" })))
        .Append(Table(["STORAGE", "ID", "SEEN BY"],
            lab.Storages.Select(s => new[] { s.Name, s.Id, string.Join(' ', s.SeenBy.Select(h => $"{h.Key}:{h.Value}")) })))
        .Append(Table(["GUEST", "UUID", "ON", "VOLUME", "GENERATION", "BEAT"],
            lab.Guests.Select(g => new[] { g.Name, $"{g.Uuid}", Where(g.On), g.Volume ?? "-", $"{g.Generation}", g.SplitBrain ? "SPLIT-BRAIN" : $"{g.LastBeat}" })))
        .Append(Table(["VOLUME", "MIB", "TARGET"], lab.Volumes.Select(v => new[] { v.Name, $"{v.SizeMiB}", v.TargetName })))
        .ToString();

    public static string Of(CanaryStory story, IReadOnlyDictionary<string, string> where) => new StringBuilder()
        .Append(Table(["GENERATION", "TOKEN", "DRIVE", "LAST BEAT", ""],
            story.Runs.Select(r => new[] { $"{r.Generation}", r.Token, r.Drive, $"{r.LastBeat}", r.SplitBrain ? "SPLIT-BRAIN" : "" })))
        .Append($"On: {Where(where)}\n")
        .ToString();

    private static string Where(IReadOnlyDictionary<string, string> hosts) =>
        hosts.Count == 0 ? "no live host" : string.Join(", ", hosts.Select(h => $"{h.Key} ({h.Value})"));

    private static string Table(string[] head, IEnumerable<string[]> rows)
    {
        string[][] all = [head, .. rows];
        if (all.Length == 1) return "";
        var widths = head.Select((_, column) => all.Max(r => r[column].Length)).ToArray();
        return string.Concat(all.Select(r => string.Join("  ", r.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd() + "\n")) + "\n";
    }
}
