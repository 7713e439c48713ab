using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>Switches hosts off and makes sure of it.</summary>
public interface IFencing
{
    /// <summary>
    /// Tries the host's fence levels in order until one proves that its power is off. A host that is off already
    /// counts. An agent that can't be asked is a failure of its level, never a proof.
    /// </summary>
    Task<FenceAttempt> TryAsync(HostRow host, CancellationToken cancellationToken);
}

/// <summary>How fencing went.</summary>
/// <param name="ProvenOff">A fence agent's status said off.</param>
/// <param name="Evidence">Which agent said what; when not proven, why each level failed and what can be done.</param>
/// <param name="Log">One line for each call of an agent, for the events.</param>
public sealed record FenceAttempt(bool ProvenOff, string Evidence, IReadOnlyList<string> Log);
