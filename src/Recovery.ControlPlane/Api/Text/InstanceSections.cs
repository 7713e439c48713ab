namespace Recovery.ControlPlane.Api.Text;

/// <summary>What there is to say of single instances: a heading and lines for each of the first of them.</summary>
internal static class InstanceSections
{
    // Whoever reads more than this reads the JSON.
    private const int AtMost = 10;

    /// <param name="instances">In their order.</param>
    /// <param name="lines">Of one; those that have none are left out.</param>
    /// <param name="heading">Of one, without its colon.</param>
    /// <param name="others">For the sentence about those that are not shown: <c>in</c>, <c>for</c>.</param>
    public static string Of<T>(
        IEnumerable<T> instances, Func<T, IReadOnlyList<string>?> lines, Func<T, string> heading, string others)
    {
        var told = instances.Where(instance => lines(instance) is { Count: > 0 }).ToList();
        var more = told.Count - AtMost;
        return string.Concat(told.Take(AtMost).Select(instance => $"\n{heading(instance)}:\n{Indented(lines(instance)!)}"))
            + (more > 0 ? $"\nand {others} {more} more; the JSON says what.\n" : "");
    }

    public static string Indented(IEnumerable<string> lines) => string.Concat(lines.Select(line => $"  {line}\n"));
}
