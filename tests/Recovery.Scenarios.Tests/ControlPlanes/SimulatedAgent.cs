using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.ControlPlanes;

/// <summary>A fence agent's program, with a simulated power controller behind it.</summary>
internal sealed class SimulatedAgent(World world, Strand strand) : IFenceAgent
{
    public async Task<AgentAnswer> AskAsync(FenceLevel level, string host, string action, CancellationToken cancellationToken)
    {
        await Task.Delay(world.Dice.Duration(TimeSpan.FromMilliseconds(300)), strand.Time, cancellationToken);
        if (world.Host(host).Controller?.Ask(action) is { } answer)
        {
            return new AgentAnswer(answer.Code, "", answer.Output);
        }

        await Task.Delay(TimeSpan.FromSeconds(level.TimeoutSeconds), strand.Time, cancellationToken);
        return new AgentAnswer(null, $"it did not answer within {level.TimeoutSeconds} s and was killed");
    }
}
