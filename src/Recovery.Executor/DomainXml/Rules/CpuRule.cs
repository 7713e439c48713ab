namespace Recovery.Executor.DomainXml.Rules;

/// <summary>The guest's processor stays as it is, or is refused.</summary>
internal static class CpuRule
{
    public static void Apply(Rewriting rewriting)
    {
        var decision = CpuDecision.Of(rewriting.Domain.Element("cpu"), rewriting.Target);
        if (decision.Refusal is { } refusal)
        {
            rewriting.Refuse(refusal);
        }

        if (decision.Change is { } change)
        {
            rewriting.Change(change);
        }
    }
}
