using Recovery.Scenarios.Tests.Cluster;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>What happens when: <c>at 12s host node2 power off</c>, in the order of the lines where times are alike.</summary>
internal sealed record Script(IReadOnlyList<ScriptLine> Lines, TimeSpan End)
{
    // Long enough for a lease to run out, and for whoever comes next to finish.
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(60);

    public static IEnumerable<string> Meaningful(IEnumerable<string> lines) =>
        lines.Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0);

    public static Script Read(IEnumerable<string> lines)
    {
        var read = new List<ScriptLine>();
        TimeSpan? end = null;
        foreach (var line in Meaningful(lines))
        {
            var words = new Words(line);
            switch (words.Next())
            {
                case "at":
                    read.Add(new ScriptLine(words.Time(), words.Rest()));
                    break;
                case "until":
                    end = words.Time();
                    break;
                default:
                    throw words.Wrong("a line begins with at or until");
            }
        }

        return new Script(read, end ?? read.Select(line => line.At).DefaultIfEmpty().Max() + Afterwards);
    }

    public void Play(World world)
    {
        var verbs = new Verbs(world);
        foreach (var line in Lines)
        {
            world.Later(world.StoryBegan + line.At - world.Kernel.Now, () => verbs.Do(line.What));
        }

        world.Run(End);
    }
}

internal sealed record ScriptLine(TimeSpan At, string What)
{
    public override string ToString() => At.TotalMilliseconds % 1000 == 0
        ? $"at {(int)At.TotalSeconds}s {What}"
        : $"at {(int)At.TotalMilliseconds}ms {What}";
}
