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

    /// <summary>Power or a link of this host changed: what waits may pass now, or nothing passes any more.</summary>
    public void Changed(string host)
    {
        foreach (var call in calls.Where(call => call.Host.Name == host).ToList())
        {
            call.LinkChanged();
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
    public static RpcException Failure(StatusCode code, string detail) => new(new Status(code, detail));
}
