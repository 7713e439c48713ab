namespace Recovery.Core.Workflow;

/// <summary>What a host that has to be proven off needs next.</summary>
internal abstract record FenceNeed
{
    private FenceNeed()
    {
    }

    public sealed record Nothing(FenceProof Proof) : FenceNeed;

    /// <summary>It lives: there is nothing to recover from.</summary>
    public sealed record GiveUp(string Why) : FenceNeed;

    public sealed record Try : FenceNeed;

    /// <summary>It lives, and its guests may have been ended for this recovery: it is asked whether they were.</summary>
    public sealed record Ask : FenceNeed;

    /// <param name="Why">Null: it will be known in a moment, there is nothing to say.</param>
    /// <param name="Until">When to look again; null: when something happens.</param>
    public sealed record Wait(string? Why, DateTimeOffset? Until) : FenceNeed;
}

/// <summary>
/// A proof, or no start. There is no way around: unknown is not dead. A host is not fenced while its own heartbeat says
/// that it lives, nor while this control plane hardly sees anybody, which says more about the control plane.
/// </summary>
internal static class FencingRules
{
    public static FenceNeed Of(string host, bool evenIfAlive, Observation seen, DateTimeOffset now)
    {
        var sight = seen.Of(host);
        if (sight.Proof is { } proof)
        {
            return new FenceNeed.Nothing(proof);
        }

        if (sight.IsBeingFenced)
        {
            return new FenceNeed.Wait(null, null);
        }

        if (sight.IsAlive && !evenIfAlive)
        {
            return (sight.OrderIsOut, Again: sight.FenceAgainAt) switch
            {
                (false, _) => new FenceNeed.GiveUp($"{host} is alive again: its executor was heard and its libvirt answers."),
                (true, { } later) when now < later => new FenceNeed.Wait(WaitingFor(host, sight.FenceFailure), later),
                _ => new FenceNeed.Ask(),
            };
        }

        // A control plane that has just started has heard nobody yet: no living host is switched off for that.
        if (sight.ListenFor is { } listen)
        {
            return new FenceNeed.Wait(null, now + listen);
        }

        if (seen.BlindBecause is { } blind)
        {
            return new FenceNeed.Wait(WaitingFor(host, blind), null);
        }

        return sight.FenceAgainAt is { } again && now < again
            ? new FenceNeed.Wait(WaitingFor(host, sight.FenceFailure), again)
            : new FenceNeed.Try();
    }

    private static string WaitingFor(string host, string why) =>
        $"Waiting for a proof that {host} is off. {why} When you have made sure yourself: "
        + $"POST /v1/hosts/{host}/attestations with who, reason and expiresInMinutes.";
}
