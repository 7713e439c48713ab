using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>A plan that was shown, kept so that it can be carried out as it was shown.</summary>
public sealed class PlanRow
{
    /// <summary>A version 7 UUID: ordered by time.</summary>
    public required Guid Id { get; set; }

    /// <summary>When the cluster was looked at.</summary>
    public required DateTimeOffset At { get; set; }

    /// <summary>It is not carried out after this.</summary>
    public required DateTimeOffset ExpiresAt { get; set; }

    public required RecoveryRequest Request { get; set; }

    /// <summary>Whole hosts were asked for; otherwise instances, wherever they belong.</summary>
    public required bool WholeHosts { get; set; }

    public required Plan Plan { get; set; }

    /// <summary>What the target of each move would rewrite in its definition. Those it did not say are missing.</summary>
    public required Dictionary<Guid, IReadOnlyList<string>> Changes { get; set; }

    public required PlanEstimate Estimate { get; set; }

    public required List<PlanWarning> Warnings { get; set; }
}

/// <summary>Something to know before the plan is trusted.</summary>
/// <param name="Code">Stable, for tools.</param>
/// <param name="Message">For a human.</param>
public sealed record PlanWarning(string Code, string Message)
{
    public string? Host { get; init; }

    public Guid? Instance { get; init; }
}

/// <summary>How long a plan would take, from what recoveries took here before.</summary>
/// <param name="TotalSeconds">From the request until the last instance is as it shall be; null without history.</param>
/// <param name="FenceSeconds">Of it until the sources are proven off; null without history of that.</param>
/// <param name="BasedOn">What it was computed from, in words.</param>
/// <param name="Moves">One for each move; empty without history.</param>
public sealed record PlanEstimate(
    double? TotalSeconds, double? FenceSeconds, string BasedOn, IReadOnlyList<MoveEstimate> Moves);

/// <summary>When one instance would have its turn.</summary>
/// <param name="Instance">Its UUID.</param>
/// <param name="StartsAfterSeconds">From the request until its first step.</param>
/// <param name="Seconds">From its first step until it is as it shall be.</param>
public sealed record MoveEstimate(Guid Instance, double StartsAfterSeconds, double Seconds);
