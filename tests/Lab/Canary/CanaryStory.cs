using System.Globalization;
using System.Text.RegularExpressions;

namespace Recovery.Labs;

/// <summary>One run of a canary.</summary>
/// <param name="Generation">How many times this guest had been started, this time included, as counted on its volume.</param>
/// <param name="Token">Eight hexadecimal digits, different in every run.</param>
/// <param name="Drive">Where it counts: "81" its volume, "80" its boot disk.</param>
/// <param name="LastBeat">Beats come about once a second; 0 before the first.</param>
/// <param name="SplitBrain">It met a record that another copy of it had written.</param>
public sealed record CanaryRun(int Generation, string Token, string Drive, int LastBeat, bool SplitBrain);

/// <summary>All that a canary wrote on its serial port, run by run.</summary>
/// <param name="Faults">Lines other than runs and beats: SPLIT-BRAIN, FOREIGN, IO-ERROR.</param>
public sealed partial record CanaryStory(IReadOnlyList<CanaryRun> Runs, IReadOnlyList<string> Faults)
{
    public CanaryRun? LastRun => Runs.Count > 0 ? Runs[^1] : null;
    public int Generation => LastRun?.Generation ?? 0;
    public int LastBeat => LastRun?.LastBeat ?? 0;
    public bool SplitBrain => Faults.Contains(SplitBrainWord);

    private const string SplitBrainWord = "SPLIT-BRAIN";

    /// <summary>A power cut can end the log in the middle of a line: half a line says nothing, a fault is found wherever it stands.</summary>
    public static CanaryStory Parse(string log)
    {
        var runs = new List<CanaryRun>();
        var faults = new List<string>();
        foreach (Match word in Word().Matches(log))
        {
            if (word.Groups["generation"].Success)
                runs.Add(new CanaryRun(Number(word, "generation"), word.Groups["token"].Value, word.Groups["drive"].Value, 0, false));
            else if (word.Groups["fault"].Success)
                faults.Add(word.Groups["fault"].Value);
            if (runs.Count == 0) continue;
            if (word.Groups["beat"].Success) runs[^1] = runs[^1] with { LastBeat = Number(word, "beat") };
            if (word.Groups["fault"].Value == SplitBrainWord) runs[^1] = runs[^1] with { SplitBrain = true };
        }

        return new CanaryStory(runs, faults);
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"CANARY generation=(?<generation>\d+) token=(?<token>[0-9A-F]{8}) drive=(?<drive>[0-9A-F]{2})\r?\n|beat (?<beat>\d+)\r?\n|(?<fault>SPLIT-BRAIN|FOREIGN|IO-ERROR)")]
    private static partial Regex Word();
}
