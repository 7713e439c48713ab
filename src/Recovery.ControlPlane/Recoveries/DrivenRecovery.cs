using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>A recovery as its driver has it at hand: for the step machine, and with what steps need to be carried out.</summary>
/// <param name="Row">As it was read whole; what changes while it is driven is in <paramref name="Progress"/>.</param>
/// <param name="Progress">As of the last look.</param>
public sealed record DrivenRecovery(RecoveryRow Row, RecoveryProgress Progress)
{
    private readonly Dictionary<Guid, RecoveryInstanceRow> rows = Row.Instances.ToDictionary(row => row.InstanceId);

    public RecoveryInstanceRow RowOf(Guid instance) => rows[instance];

    public bool Has(Guid instance) => rows.ContainsKey(instance);
}
