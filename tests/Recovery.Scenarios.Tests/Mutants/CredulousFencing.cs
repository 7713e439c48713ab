using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>Who is silent is off.</summary>
internal sealed class CredulousFencing : IFencing
{
    public Task<FenceAttempt> TryAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        Task.FromResult(new FenceAttempt(true, $"{host.Name} is silent.", []));

    public Task<FenceAttempt> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        TryAsync(host, order, cancellationToken);
}
