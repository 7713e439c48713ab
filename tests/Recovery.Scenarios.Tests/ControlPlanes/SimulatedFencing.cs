using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>Power controllers in the place of fence agents' programs.</summary>
internal sealed class SimulatedFencing(World world, Strand strand) : IFencing
{
    public async Task<FenceAttempt> TryAsync(HostRow host, CancellationToken cancellationToken)
    {
        var controller = world.Host(host.Name).Controller;
        if (controller is null)
        {
            return new FenceAttempt(false, $"{host.Name} has no fence levels configured.", []);
        }

        await Task.Delay(world.Dice.Duration(TimeSpan.FromMilliseconds(300)), strand.Time, cancellationToken);
        var before = controller.Ask("status");
        await Task.Delay(world.Dice.Duration(TimeSpan.FromMilliseconds(300)), strand.Time, cancellationToken);
        var told = before is { Code: 0 or 2 } ? controller.Ask("off") : null;
        var after = told is { Code: 0 } ? controller.Ask("status") : null;
        return after is { Code: 2 }
            ? new FenceAttempt(true, $"the power controller of {host.Name} says off.", [])
            : new FenceAttempt(false, $"the power controller of {host.Name} does not say off.", []);
    }
}
