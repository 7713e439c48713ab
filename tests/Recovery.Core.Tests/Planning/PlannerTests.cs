using System.Text.Json;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning;

public class PlannerTests
{
    private static readonly PlannerOptions NoReserve = new() { ReservedMemoryMib = 0, VcpuOvercommit = 1 };
    private static readonly PlanRequest LossOfNode1 = new(["node1"], [], []);
    private static readonly Host Dead = Host("node1", liveness: HostLiveness.Silent);

    [Theory]
    [InlineData("backing")]
    [InlineData("nvram")]
    public void Every_file_that_it_needs_must_be_shared_not_only_its_disk(string role)
    {
        var needed = new HostFile(role, "/srv/images/base", "images", "base");
        var instance = Instance("a");
        instance = role == "backing"
            ? instance with { Disks = [instance.Disks[0] with { BackingFiles = [needed] }] }
            : instance with { Files = [needed] };

        var plan = Planner.Plan(
            Snapshot([Dead, Host("node2"), Host("node3", storages: "shared images")], instance), LossOfNode1, NoReserve);

        Assert.Equal("node3", plan.Moves.Single().Target);
    }

    [Fact]
    public void Only_the_host_that_shares_the_storage_is_chosen_even_when_it_is_the_fullest()
    {
        var plan = Planner.Plan(
            Snapshot([Dead, Host("node2", memoryMib: 2048, storages: "shared ssd"), Host("node3")], Instance("a", storage: "ssd")),
            LossOfNode1, NoReserve);

        Assert.Equal("node2", plan.Moves.Single().Target);
    }

    [Fact]
    public void Each_move_takes_room_before_the_next_is_chosen()
    {
        Instance[] four = [.. "abcd".Select(letter => Instance(letter.ToString(), memoryMib: 2048))];

        var plan = Planner.Plan(
            Snapshot([Dead, Host("node2", memoryMib: 4096), Host("node3", memoryMib: 4096)], four), LossOfNode1, NoReserve);

        Assert.Empty(plan.Unplaced);
        Assert.Equal(2, plan.Moves.Count(move => move.Target == "node2"));
        Assert.Equal(2, plan.Moves.Count(move => move.Target == "node3"));
    }

    [Fact]
    public void What_another_recovery_was_promised_is_not_promised_twice()
    {
        var snapshot = Snapshot([Dead, Host("node2", memoryMib: 2048)], Instance("a", memoryMib: 2048)) with
        {
            Reservations = [new Reservation("node2", IdOf("other"), 1024, 1)],
        };

        Assert.Equal(
            "needs 2048 MiB, node2 has 1024 MiB free",
            Planner.Plan(snapshot, LossOfNode1, NoReserve).Unplaced.Single().Rejections[0].Sentence);
    }

    [Fact]
    public void What_was_shut_off_takes_no_room_and_comes_after_what_ran()
    {
        var plan = Planner.Plan(
            Snapshot([Dead, Host("node2", memoryMib: 1024)], Instance("off", memoryMib: 4096, state: DomainState.ShutOff), Instance("ran")),
            LossOfNode1, NoReserve);

        Assert.Equal(["ran", "off"], plan.Moves.Select(move => move.Name));
        Assert.Equal([PowerIntent.Run, PowerIntent.StayOff], plan.Moves.Select(move => move.Intent));
    }

    [Fact]
    public void What_died_with_its_host_ran()
    {
        Assert.Equal(PowerIntent.Run, Instance("a", state: DomainState.Crashed).Intent);
    }

    [Fact]
    public void The_order_of_the_input_does_not_change_the_plan()
    {
        Host[] hosts = [Dead, Host("node2"), Host("node3"), Host("node4", memoryMib: 4096)];
        Instance[] instances = [.. Enumerable.Range(0, 12).Select(number => Instance($"vm{number:00}", memoryMib: 256 * (1 + (number % 3))))];

        var plan = Planner.Plan(Snapshot(hosts, instances), LossOfNode1, NoReserve);
        var reversed = Planner.Plan(Snapshot([.. hosts.Reverse()], [.. instances.Reverse()]), LossOfNode1, NoReserve);

        Assert.Equal(JsonSerializer.Serialize(plan), JsonSerializer.Serialize(reversed));
    }

    [Fact]
    public void Requested_instances_and_targets_limit_the_plan()
    {
        var plan = Planner.Plan(
            Snapshot([Dead, Host("node2"), Host("node3", memoryMib: 65536)], Instance("a"), Instance("b")),
            new PlanRequest(["node1"], [IdOf("b")], ["node2"]), NoReserve);

        Assert.Equal(("b", "node2"), (plan.Moves.Single().Name, plan.Moves.Single().Target));
    }

    [Fact]
    public void A_host_that_a_named_instance_has_to_leave_is_no_target_for_another_also_when_no_source_is_named()
    {
        var plan = Planner.Plan(
            Snapshot([Host("node1"), Host("node2"), Host("node3", memoryMib: 2048)], Instance("a", host: "node1"), Instance("b", host: "node2")),
            new PlanRequest([], [IdOf("a"), IdOf("b")], []), NoReserve);

        Assert.All(plan.Moves, move => Assert.Equal("node3", move.Target));
        Assert.Equal(2, plan.Moves.Count);
    }
}
