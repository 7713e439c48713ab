using Grpc.Core;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Wire;

/// <summary>How messages travel between a control plane and a host.</summary>
internal enum LinkState
{
    Up,

    /// <summary>Nothing passes.</summary>
    Cut,

    /// <summary>Commands arrive, answers don't.</summary>
    AnswersLost,
}

/// <summary>
/// The management network: every message takes a while, in order; what can't pass waits as TCP does, and a connection
/// on which nothing passes for five seconds is given up, as gRPC's pings find out.
/// </summary>
internal sealed class Network(World world)
{
    /// <summary>What ExecutorChannels configures: a ping each 2 s that has to be answered within 3 s.</summary>
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromSeconds(5);

    private readonly Dictionary<(string ControlPlane, string Host), LinkState> links = [];
    private readonly Dictionary<(string ControlPlane, string Host), TimeSpan> delays = [];
    private readonly List<ISimulatedCall> calls = [];
    private readonly List<(string ControlPlane, SimulatedHost Host, Action Arrive)> limbo = [];

    public LinkState Link(string controlPlane, string host) => links.GetValueOrDefault((controlPlane, host));

    public void Set(string controlPlane, string host, LinkState state)
    {
        links[(controlPlane, host)] = state;
        Changed(host);
    }

    public void Delay(string controlPlane, string host, TimeSpan delay) => delays[(controlPlane, host)] = delay;

    public TimeSpan Latency(string controlPlane, string host) =>
        delays.GetValueOrDefault((controlPlane, host)) + world.Dice.Latency();

    /// <summary>Commands reach the host.</summary>
    public bool Reaches(string controlPlane, SimulatedHost host) => host.Powered && Link(controlPlane, host.Name) != LinkState.Cut;

    /// <summary>Answers reach the control plane.</summary>
    public bool Answers(string controlPlane, SimulatedHost host) => host.Powered && Link(controlPlane, host.Name) == LinkState.Up;

    public void Add(ISimulatedCall call) => calls.Add(call);

    public void Remove(ISimulatedCall call) => calls.Remove(call);

    /// <summary>What was sent and could not pass: it may arrive when nobody waits for it any more, as TCP sends it again.</summary>
    public void Hold(string controlPlane, SimulatedHost host, Action arrive)
    {
        if (world.Dice.Random is not null)
        {
            limbo.Add((controlPlane, host, arrive));
        }
    }

    /// <summary>Power or a link of this host changed: what waits may pass now, or nothing passes any more.</summary>
    public void Changed(string host)
    {
        foreach (var call in calls.Where(call => call.Host.Name == host).ToList())
        {
            call.LinkChanged();
        }

        foreach (var held in limbo.Where(each => each.Host.Name == host && Reaches(each.ControlPlane, each.Host)).ToList())
        {
            limbo.Remove(held);
            world.Later(Latency(held.ControlPlane, host), held.Arrive);
        }
    }

    /// <summary>A process is gone and its machine is not: the other side learns at once.</summary>
    public void Ended(Strand strand)
    {
        foreach (var call in calls.Where(call => call.Client == strand || call.Server == strand).ToList())
        {
            call.PeerEnded(strand);
        }
    }
}

internal interface ISimulatedCall
{
    Strand Client { get; }

    Strand? Server { get; }

    SimulatedHost Host { get; }

    void LinkChanged();

    void PeerEnded(Strand strand);
}

internal static class Rpc
{
    public static RpcException Failure(StatusCode code, string detail, Exception? cause = null) => new(new Status(code, detail, cause));
}
