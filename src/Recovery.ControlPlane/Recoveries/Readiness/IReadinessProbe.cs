using Recovery.ControlPlane.Executors;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Recoveries.Readiness;

/// <summary>Asks a guest, from here, whether it does its work.</summary>
public interface IReadinessProbe
{
    /// <summary>Asks until it answers as it shall, or its time is up. Never asks the guest to do anything.</summary>
    /// <param name="name">The guest's, for sentences.</param>
    /// <param name="gate">By TCP or HTTP.</param>
    /// <param name="cancellationToken">Ends the asking.</param>
    Task<StepReply> AwaitAsync(string name, ReadinessGate gate, CancellationToken cancellationToken);
}
