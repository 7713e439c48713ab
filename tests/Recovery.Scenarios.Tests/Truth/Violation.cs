namespace Recovery.Scenarios.Tests.Truth;

/// <summary>What must never be, whatever happens (docs/architecture.md, "The invariants, and their guards").</summary>
internal enum Invariant
{
    /// <summary>A guest runs on two hosts.</summary>
    TwoCopies,

    /// <summary>A start was sent while nothing proved that the source is off.</summary>
    StartWithoutProof,

    /// <summary>An executor did what no journal had announced.</summary>
    EffectWithoutIntent,

    /// <summary>An executor obeyed an outdated driver.</summary>
    EffectOfOlderEpoch,

    /// <summary>A control plane wrote what another drives by now.</summary>
    WriteOfOlderEpoch,

    /// <summary>A failed instance left something on its target.</summary>
    LeftBehind,

    /// <summary>It was called recovered, and was not.</summary>
    FalseProgress,

    /// <summary>It went elsewhere than planned, and nobody was told.</summary>
    UnannouncedChange,

    /// <summary>A password can be read.</summary>
    SecretShown,

    /// <summary>A step id gave two different ends.</summary>
    TwoEnds,

    /// <summary>It belongs to a host that never was its target.</summary>
    Misplaced,

    /// <summary>Nothing stands in the way any more, and it does not come to an end.</summary>
    Stuck,

    /// <summary>The control plane failed in a way that nobody foresaw.</summary>
    Unforeseen,
}

internal sealed record Violation(Invariant Invariant, string What, TimeSpan At)
{
    public override string ToString() => $"{Invariant} at {At.TotalSeconds:0.000} s: {What}";
}
