using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>A plan, and in what it differs from the one that it was drawn from.</summary>
/// <param name="Plan">What is to be done.</param>
/// <param name="Changes">One sentence for each difference; empty for a plan of its own.</param>
public sealed record DrawnPlan(Plan Plan, IReadOnlyList<string> Changes)
{
    public DrawnPlan(Plan plan)
        : this(plan, [])
    {
    }

    /// <summary>Mended from the one that was shown; anew when none was.</summary>
    public static DrawnPlan From(Plan? shown, ClusterSnapshot cluster, PlanRequest request, PlannerOptions options) => shown is null
        ? new DrawnPlan(Planner.Plan(cluster, request, options))
        : PlanMending.Of(shown, cluster, request, options);
}

/// <summary>A plan with what its targets said of the definitions.</summary>
public sealed record MadePlan
{
    public required Plan Plan { get; init; }

    /// <summary>In what it differs from the plan that was asked for; empty for a plan of its own.</summary>
    public required IReadOnlyList<string> Replanned { get; init; }

    /// <summary>The cluster that it was made for, with the targets' refusals.</summary>
    public required ClusterSnapshot Cluster { get; init; }

    /// <summary>The kept definitions of all instances of the plan; of which none is kept, is missing.</summary>
    public required IReadOnlyDictionary<Guid, KeptDefinition> Definitions { get; init; }

    /// <summary>What the target would rewrite in each definition; of which it did not say, is missing.</summary>
    public required Dictionary<Guid, IReadOnlyList<string>> Changes { get; init; }

    /// <summary>Moves whose target was asked and did not answer.</summary>
    public required IReadOnlyList<Move> Unanswered { get; init; }
}
