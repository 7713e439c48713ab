using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Plans.World;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>In a cloud Nova says which hosts there are, and hosts that nobody ever saw have instances all the same.</summary>
public class AcceptanceCloudTests
{
    private static readonly AskedRecovery Node1 = new() { Kind = RecoveryKind.Evacuate, Hosts = [new("node1", "/hosts/0")] };
    private static readonly AskedRecovery Node9 = Node1 with { Hosts = [new("node9", "/hosts/0")] };

    [Fact]
    public void A_host_whose_executor_was_never_seen_can_be_evacuated_since_the_databases_know_its_instances()
    {
        var scope = AcceptanceChecks.Check(Node9, InCloud("node9"));

        Assert.Empty(scope.Faults);
        Assert.Equal([IdOf("lost")], scope.Instances);
        var elsewhere = Assert.Single(AcceptanceChecks.Check(Node9, InCloud("node9") with { Cloud = null }).Faults);
        Assert.Equal("host-never-seen", elsewhere.Code.Name);
    }

    [Fact]
    public void Its_silence_says_nothing_right_after_a_start_and_a_plan_warns_of_what_fencing_it_may_mean()
    {
        var early = InCloud("node9") with { TooEarlyToTell = new Dictionary<string, TimeSpan> { ["node9"] = TimeSpan.FromSeconds(3) } };

        var warning = AcceptanceLiveness.Warning(NewHost("node9", HostLiveness.NeverSeen), evenIfAlive: false, InCloud("node9"));

        Assert.Equal("liveness-unknown", Assert.Single(AcceptanceChecks.Check(Node9, early).Faults).Code.Name);
        Assert.Equal(("source-never-seen", "node9"), (warning!.Code, warning.Host));
        Assert.Null(AcceptanceLiveness.Warning(NewHost("node9", HostLiveness.NeverSeen), evenIfAlive: false, InCloud("node9") with { Cloud = null }));
    }

    [Theory]
    [InlineData(59, false, "host-alive")]
    [InlineData(59, true, null)]
    [InlineData(60, false, null)]
    public void A_host_that_never_had_an_executor_lives_as_long_as_Nova_hears_its_nova_compute(int secondsAgo, bool evenIfAlive, string? code)
    {
        var sight = InCloud("node9");
        var heard = sight with
        {
            Cluster = sight.Cluster with
            {
                Hosts = [.. sight.Cluster.Hosts.Select(host => host with { SeenByOthersAt = sight.Cluster.At.AddSeconds(-secondsAgo) })],
            },
        };

        var faults = AcceptanceChecks.Check(Node9 with { EvenIfAlive = evenIfAlive }, heard).Faults;

        Assert.Equal(code, faults.SingleOrDefault()?.Code.Name);
    }

    [Fact]
    public void A_host_that_Nova_knows_and_nobody_registered_can_t_be_proven_off()
    {
        var fault = Assert.Single(AcceptanceChecks.Check(Node9, InCloud("node1")).Faults);
        var byInstance = Assert.Single(AcceptanceChecks.Check(
            new AskedRecovery { Kind = RecoveryKind.Evacuate, Instances = [new(IdOf("lost"), "/instances/0")] }, InCloud("node1")).Faults);
        var target = Assert.Single(AcceptanceChecks.Check(Node1 with { Targets = [new("node9", "/targets/0")] }, InCloud("node1")).Faults);

        Assert.Equal(("unknown-host", "/hosts/0"), (fault.Code.Name, fault.Pointer));
        Assert.Contains("node9 is a nova-compute of this cloud and is not registered here", fault.Message, StringComparison.Ordinal);
        Assert.Equal(("unknown-host", "/instances/0"), (byInstance.Code.Name, byInstance.Pointer));
        Assert.Equal(("unknown-target", "/targets/0"), (target.Code.Name, target.Pointer));
    }

    [Fact]
    public void A_host_that_is_registered_and_that_Nova_does_not_know_says_so_and_what_could_not_be_read()
    {
        var asked = Node1 with { Hosts = [new("node8", "/hosts/0")] };
        var sight = InCloud("node1", "node8");
        var half = sight with { Cluster = sight.Cluster with { Faults = ["The database nova_cell2 does not answer."] } };

        var whole = Assert.Single(AcceptanceChecks.Check(asked, sight).Faults);
        var unread = Assert.Single(AcceptanceChecks.Check(asked, half).Faults);

        Assert.Equal("unknown-host", whole.Code.Name);
        Assert.StartsWith("node8 is registered and is no nova-compute in any cell that could be read. A host", whole.Message, StringComparison.Ordinal);
        Assert.Contains("could be read. Not all could be: The database nova_cell2 does not answer. A host", unread.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_neither_knows_is_not_registered()
    {
        var fault = Assert.Single(AcceptanceChecks.Check(Node1 with { Hosts = [new("nod1", "/hosts/0")] }, InCloud("node1")).Faults);

        Assert.StartsWith("No host \"nod1\" is registered. Did you mean \"node1\"?", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_route_is_taken_over_into_the_request()
    {
        var asked = Node1 with { Route = RecoveryRoute.Assisted };

        var scope = AcceptanceChecks.Check(asked, InCloud("node1"));

        Assert.Empty(scope.Faults);
        Assert.Equal(RecoveryRoute.Assisted, scope.ToRequest(asked, maxParallel: 8).Route);
        Assert.Null(scope.ToRequest(Node1, maxParallel: 8).Route);
    }

    [Fact]
    public void A_route_is_refused_where_there_is_one_way_only_and_with_a_resume()
    {
        var asked = Node1 with { Route = RecoveryRoute.Direct };

        var plain = Assert.Single(AcceptanceChecks.Check(asked, InCloud("node1") with { Cloud = null }).Faults);
        var byPlan = Assert.Single(AcceptanceChecks.Check(asked with { Plan = new(Guid.NewGuid(), "/plan") }, InCloud("node1") with { Cloud = null }).Faults);
        var resume = AcceptanceChecks.Check(asked with { Kind = RecoveryKind.Resume }, InCloud("node1")).Faults;

        Assert.Equal(("route-not-here", "/options/route"), (plain.Code.Name, plain.Pointer));
        Assert.Equal("/plan", byPlan.Pointer);
        Assert.Equal(["not-with-resume", "host-not-up"], resume.Select(fault => fault.Code.Name));
    }

    // node9 was never seen, and Nova has an instance there.
    private static AcceptanceSight InCloud(params string[] registered)
    {
        var cluster = With(NewInstance("web"), NewInstance("lost", host: "node9"));
        return new AcceptanceSight(
            cluster with { Hosts = [.. cluster.Hosts, NewHost("node9", HostLiveness.NeverSeen)] },
            new Dictionary<string, DateTimeOffset>(),
            new Dictionary<string, Guid>(),
            new Dictionary<string, TimeSpan>())
        {
            Cloud = new CloudSight(registered.ToHashSet(StringComparer.Ordinal), TimeSpan.FromSeconds(60)),
        };
    }
}
