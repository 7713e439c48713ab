using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>How operators want a live recovery to go on. The runner looks at it between steps. Pure.</summary>
/// <remarks>What is being cancelled is never paused: it has to end.</remarks>
public sealed record Steering(bool Paused, CancelMode? Cancel, RecoveryLimits Limits)
{
    public static Steering Of(RecoveryRow row) => new(row.Paused, row.Cancel, row.Limits);

    /// <summary>Null when it can't be: it is being cancelled.</summary>
    public Steering? Pause() => Cancel is null ? this with { Paused = true } : null;

    public Steering Continue() => this with { Paused = false };

    /// <summary>Null when it can't be: what is being put back can't be finished after all.</summary>
    /// <param name="underWay">Null: as it was asked before, or else <see cref="CancelMode.Finish"/>.</param>
    public Steering? End(CancelMode? underWay) => Cancel is CancelMode.PutBack && underWay is CancelMode.Finish
        ? null
        : this with { Paused = false, Cancel = underWay ?? Cancel ?? CancelMode.Finish };

    public Steering Limit(LimitsWish wish) => this with
    {
        Limits = new(wish.InAll ?? Limits.InAll, wish.PerTarget ?? Limits.PerTarget, wish.PerBackend ?? Limits.PerBackend),
    };

    /// <summary>What is different in another, for humans: "inAll 8 → 2, perTarget 4 → 1".</summary>
    public string ChangesTo(Steering other) => string.Join(", ", Words().Zip(other.Words())
        .Where(each => each.First != each.Second)
        .Select(each => $"{each.First.Name} {each.First.Value} → {each.Second.Value}"));

    private IEnumerable<(string Name, string Value)> Words() =>
    [
        ("paused", Paused ? "yes" : "no"),
        ("cancel", Cancel is { } mode ? StateNames.Of(mode) : "no"),
        ("inAll", $"{Limits.InAll}"),
        ("perTarget", $"{Limits.PerTarget}"),
        ("perBackend", $"{Limits.PerBackend}"),
    ];
}

/// <summary>Limits as somebody wants them; null leaves one as it is.</summary>
public sealed record LimitsWish(int? InAll, int? PerTarget, int? PerBackend);
