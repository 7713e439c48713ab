namespace Recovery.Executor.DomainXml;

/// <summary>A definition made ready for another host, or the reasons why it can't run there.</summary>
/// <param name="Xml">The rewritten definition; null when refused.</param>
/// <param name="Changes">One sentence for each thing that was changed, in the order of the rules and of the document.</param>
/// <param name="Refusals">One sentence for each thing that forbids the target, all of them, in the same order.</param>
public sealed record RewriteResult(string? Xml, IReadOnlyList<string> Changes, IReadOnlyList<string> Refusals);
