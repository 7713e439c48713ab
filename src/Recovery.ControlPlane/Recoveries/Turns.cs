using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Whose turn it is, by what waits for what in the plan in force. Pure.</summary>
internal sealed class Turns
{
    private readonly Dictionary<Guid, IReadOnlyList<Guid>> after;
    private readonly Dictionary<Guid, RecoveryInstanceRow> rows;
    private readonly bool stuck;

    public Turns(RecoveryRow recovery)
    {
        after = (recovery.Plan?.Moves ?? []).ToDictionary(move => move.Instance, move => move.After);
        rows = recovery.Instances.ToDictionary(row => row.InstanceId);

        // The planner leaves no circle. Were there one in an old plan, waiting for ever would be the worst of answers.
        stuck = recovery.Instances.All(row => row.State.IsFinal() || (row.State == InstanceState.Waiting && WaitsForOther(row)));
    }

    /// <summary>What was begun goes on; what waits for another has its turn when that one has ended.</summary>
    public bool HasCome(RecoveryInstanceRow row) => stuck || row.State != InstanceState.Waiting || !WaitsForOther(row);

    /// <summary>What it waited for and what did not come up.</summary>
    public IEnumerable<RecoveryInstanceRow> Missed(RecoveryInstanceRow row) => row.State == InstanceState.Waiting
        ? Awaited(row).Where(other => other.State != InstanceState.Recovered)
        : [];

    private bool WaitsForOther(RecoveryInstanceRow row) => Awaited(row).Any(other => !other.State.IsFinal());

    private IEnumerable<RecoveryInstanceRow> Awaited(RecoveryInstanceRow row) =>
        after.GetValueOrDefault(row.InstanceId, []).Select(id => rows.GetValueOrDefault(id)).OfType<RecoveryInstanceRow>();
}
