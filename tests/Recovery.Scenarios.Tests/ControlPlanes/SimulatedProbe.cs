using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Recoveries.Readiness;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>Guests as TCP and HTTP find them: they answer so long after their start.</summary>
internal sealed class SimulatedProbe(World world, Strand strand) : IReadinessProbe
{
    public async Task<StepReply> AwaitAsync(string name, ReadinessGate gate, CancellationToken cancellationToken)
    {
        var guest = world.Guest(name);
        var until = world.Kernel.Now + TimeSpan.FromSeconds(gate.WithinSeconds);
        while (world.Kernel.Now < until)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), strand.Time, cancellationToken);
            var started = world.HostsRunning(guest.Id).Select(host => host.Find(guest.Id)!.StartedAt).FirstOrDefault();
            if (guest.ReadyAfter is { } after && world.Kernel.Now >= started + after)
            {
                return new StepReply(StepOutcome.Succeeded, "", $"{gate.Address} answered.", []);
            }
        }

        return new StepReply(StepOutcome.FailedForGood, "NOT_READY", $"{gate.Address} was asked for {gate.WithinSeconds} s: no answer.", []);
    }
}
