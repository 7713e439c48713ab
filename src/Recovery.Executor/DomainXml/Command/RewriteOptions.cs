namespace Recovery.Executor.DomainXml;

internal sealed record RewriteOptions(string? ProfilePath, bool WantsJson, bool WantsHelp, IReadOnlyList<string> Faults)
{
    private const string Profile = "--profile";

    public static RewriteOptions Parse(IReadOnlyList<string> arguments)
    {
        var faults = new List<string>();
        var profiles = new List<string>();
        var waiting = new Queue<string>(arguments);
        while (waiting.TryDequeue(out var argument))
        {
            if (argument.StartsWith(Profile + "=", StringComparison.Ordinal))
            {
                profiles.Add(argument[(Profile.Length + 1)..]);
            }
            else if (argument == Profile && waiting.TryPeek(out var value) && !value.StartsWith("--", StringComparison.Ordinal))
            {
                profiles.Add(waiting.Dequeue());
            }
            else if (argument == Profile)
            {
                faults.Add("--profile wants the path of a profile behind it.");
            }
            else if (argument is not ("--json" or "--help" or "-h"))
            {
                faults.Add($"The argument {Sentence.Quote(argument)} is unknown.");
            }
        }

        if (profiles.Count == 0 && !faults.Any(fault => fault.StartsWith(Profile, StringComparison.Ordinal)))
        {
            faults.Add("--profile FILE is missing.");
        }
        else if (profiles.Count > 1)
        {
            faults.Add("--profile is given more than once.");
        }

        return new RewriteOptions(profiles.FirstOrDefault(), arguments.Contains("--json"), arguments.Any(argument => argument is "--help" or "-h"), faults);
    }
}
