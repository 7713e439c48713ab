using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Plans.World;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>Targets are shown the definitions before a plan is; what they refuse goes elsewhere.</summary>
public sealed class PlanMakerTests : IDisposable
{
    private readonly TemporaryDatabase database = new();
    private readonly Targets targets = new();
    private readonly Definitions inventory = new();

    public PlanMakerTests() => database.AddAsync(Some.Host("node1", "http://node1:1"), Some.Host("node2", "http://node2:1"),
        Some.Host("node3", "http://node3:1"), Some.Host("node4", "http://node4:1")).GetAwaiter().GetResult();

    public void Dispose() => database.Dispose();

    [Fact]
    public async Task Every_target_is_shown_what_it_would_get_and_says_what_it_would_change()
    {
        DefinitionQuestion? question = null;
        targets.Answer = asked =>
        {
            question = asked;
            return Targets.Said("bridge br1 becomes br0");
        };

        var made = await MakeAsync(With(NewInstance("web")));

        Assert.Equal(["web on node2"], targets.Asked);
        Assert.Equal(("http://node2:1", "<domain>web</domain>"), (question!.ExecutorAddress, question.Definition));
        Assert.Equal(["bridge br1 becomes br0"], made.Changes[IdOf("web")]);
        Assert.Empty(made.Unanswered);
    }

    [Fact]
    public async Task What_a_target_refuses_goes_to_a_host_that_does_not()
    {
        targets.Answer = asked => asked.Host == "node2" ? Targets.Refused("it has no br1") : Targets.Said();

        var made = await MakeAsync(With(NewInstance("web")));

        Assert.Equal(["web node3"], made.Plan.Lines());
        Assert.Equal(["web on node2", "web on node3"], targets.Asked);
    }

    [Fact]
    public async Task What_every_target_refuses_is_unplaced_in_their_words()
    {
        targets.Answer = asked => Targets.Refused($"{asked.Host} has no br1");

        var made = await MakeAsync(With(NewInstance("web")));

        var unplaced = Assert.Single(made.Plan.Unplaced);
        Assert.Equal(3, unplaced.Rejections.Count(rejection => rejection.Kind == RejectionKind.DefinitionRefused));
        Assert.Contains(unplaced.Rejections, rejection => rejection.Sentence.Contains("node4 has no br1", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_three_rounds_the_plan_stands_without_what_was_refused_and_without_having_asked_again()
    {
        targets.Answer = asked => Targets.Refused("no");
        var cluster = With(NewInstance("web"));
        cluster = cluster with { Hosts = [.. cluster.Hosts, NewHost("node5")] };

        var made = await MakeAsync(cluster);

        Assert.Equal(3, targets.Asked.Count);
        Assert.Equal(["web node5"], made.Plan.Lines());
        Assert.Equal(["node5"], made.Unanswered.Select(move => move.Target));
    }

    [Fact]
    public async Task A_silent_target_uses_up_nobody_elses_time()
    {
        targets.Answer = asked => asked.Host == "node2" ? new TaskCompletionSource<DefinitionPreview?>().Task : Targets.Said("x");
        var instances = Enumerable.Range(0, 150).Select(number => NewInstance($"i{number:000}", memoryMib: 50)).ToArray();

        var made = await MakeAsync(With(instances));

        Assert.Equal(150, made.Plan.Moves.Count);
        Assert.All(made.Plan.Moves, move => Assert.Equal(move.Target != "node2", made.Changes.ContainsKey(move.Instance)));
        Assert.Equal(made.Plan.Moves.Where(move => move.Target == "node2").Select(move => move.Name), made.Unanswered.Select(move => move.Name));
    }

    [Fact]
    public async Task A_target_that_fails_or_is_too_old_to_be_asked_is_planned_all_the_same()
    {
        targets.Answer = asked => asked.Host == "node2" ? throw new InvalidOperationException("The channel is gone.") : Targets.Nothing();

        var made = await MakeAsync(With(NewInstance("a"), NewInstance("b")));

        Assert.Equal(2, made.Plan.Moves.Count);
        Assert.Equal(2, made.Unanswered.Count);
        Assert.Equal(
            ["node2 did not say what it would change in a; if it refuses, that shows when it is defined there. Look at the executor of node2.",
                "node3 did not say what it would change in b; if it refuses, that shows when it is defined there. Look at the executor of node3."],
            PlanWarnings.Of(made, Request()).Where(warning => warning.Code == "not-previewed").Select(warning => warning.Message));
    }

    [Fact]
    public async Task What_has_no_definition_is_asked_of_nobody()
    {
        inventory.Kept = _ => false;

        var made = await MakeAsync(With(NewInstance("web")));

        Assert.Empty(targets.Asked);
        Assert.Equal(["no-definition"], PlanWarnings.Of(made, Request()).Select(warning => warning.Code));
    }

    [Fact]
    public async Task What_could_not_be_seen_of_the_cluster_is_a_warning()
    {
        var made = await MakeAsync(With(NewInstance("web")) with { Faults = ["Cell cell2 can't be read."] });

        Assert.Equal(
            ["Cell cell2 can't be read."],
            PlanWarnings.Of(made, Request()).Where(warning => warning.Code == "inventory-incomplete").Select(warning => warning.Message));
    }

    [Fact]
    public async Task What_rows_alone_do_not_bring_about_is_one_warning_for_all_that_it_is_true_of()
    {
        inventory.Cautions = ["Neutron is silent: rows."];

        var made = await MakeAsync(With(NewInstance("web"), NewInstance("db")));

        var warning = Assert.Single(PlanWarnings.Of(made, Request()), warning => warning.Code == "api-silent");
        Assert.Equal("db, web: Neutron is silent: rows.", warning.Message);
    }

    [Fact]
    public async Task A_target_to_which_there_is_no_way_is_planned_around()
    {
        inventory.Route = move => (RecoveryRoute.Assisted, move.Target == "node2" ? "nova-compute on node2 is disabled" : null);

        var made = await MakeAsync(With(NewInstance("web")));

        Assert.Equal(["web node3"], made.Plan.Lines());
    }

    [Fact]
    public async Task What_there_is_no_way_for_anywhere_says_why_of_each_host()
    {
        inventory.Route = move => (RecoveryRoute.Assisted, $"nova-compute on {move.Target} is disabled");

        var unplaced = Assert.Single((await MakeAsync(With(NewInstance("web")))).Plan.Unplaced);

        Assert.Equal(
            ["nova-compute on node2 is disabled", "nova-compute on node3 is disabled", "nova-compute on node4 is disabled"],
            unplaced.Rejections.Where(rejection => rejection.Kind == RejectionKind.NoRoute).Select(rejection => rejection.Sentence).Order());
    }

    // Nova defines the one itself, and the other is off.
    [Theory]
    [InlineData(RecoveryRoute.Assisted, DomainState.Running)]
    [InlineData(RecoveryRoute.Direct, DomainState.ShutOff)]
    public async Task What_no_executor_defines_is_shown_to_none_and_nothing_is_said_of_its_definition(RecoveryRoute route, DomainState state)
    {
        inventory.Route = _ => (route, null);
        inventory.Edit = kept => kept with { Guessed = ["All of it."] };

        var made = await MakeAsync(With(NewInstance("web") with { State = state }));

        Assert.Equal(["web node2"], made.Plan.Lines());
        Assert.Empty(targets.Asked);
        Assert.Empty(made.Unanswered);
        Assert.Empty(PlanWarnings.Of(made, Request()));
    }

    [Fact]
    public async Task Targets_are_shown_the_ports_that_they_would_plug()
    {
        var port = new NetworkPort(Guid.NewGuid(), PortKind.OpenVswitch, "br-int", "tap1", "fa:16:3e:00:00:01", 1500);
        inventory.Edit = kept => kept with { Ports = [port] };
        DefinitionQuestion? question = null;
        targets.Answer = asked =>
        {
            question = asked;
            return Targets.Said();
        };

        await MakeAsync(With(NewInstance("web")));

        Assert.Equal([port], question!.Instance.Ports);
    }

    [Fact]
    public async Task A_definition_that_was_made_of_rows_is_a_warning_with_what_was_guessed()
    {
        inventory.Route = _ => (RecoveryRoute.Direct, null);
        inventory.Edit = kept => kept with { Guessed = ["node1 never reported it.", "Its config drive has to be there."] };

        var made = await MakeAsync(With(NewInstance("web")));

        var warning = Assert.Single(PlanWarnings.Of(made, Request()));
        Assert.Equal(
            ("built-definition", "The definition of web is not one that node1 reported. node1 never reported it. Its config drive has to be there."),
            (warning.Code, warning.Message));
    }

    [Fact]
    public async Task A_policy_that_could_not_be_understood_is_a_warning()
    {
        inventory.PolicyFaults = ["priority is \"high\", which is no number from 0 to 100"];

        var made = await MakeAsync(With(NewInstance("web")));

        var warning = Assert.Single(PlanWarnings.Of(made, Request()), warning => warning.Code == "policy-not-understood");
        Assert.Contains("web wants could be understood: priority is \"high\"", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_something_that_will_not_run_is_a_warning()
    {
        var cluster = With(
            NewInstance("app", after: [IdOf("huge"), IdOf("other"), IdOf("off"), IdOf("runs"), IdOf("nobody"), IdOf("web")]),
            NewInstance("web"), NewInstance("huge", memoryMib: 99_999), NewInstance("other") with { Host = "node9" },
            NewInstance("off", "node3") with { State = DomainState.ShutOff }, NewInstance("runs", "node3"));

        var made = await MakeAsync(cluster);

        Assert.Equal(
            [
                "app waits for huge, which has no place in this plan. It is started all the same.",
                "app waits for other, which is not in this plan and does not run on node9 now. It is started all the same.",
                "app waits for off, which is not in this plan and does not run on node3 now. It is started all the same.",
                $"app waits for {IdOf("nobody")}, and no such instance is known. It is started all the same.",
            ],
            Dependencies(Request()));
        Assert.Empty(Dependencies(Request() with { IgnoreDependencies = true }));

        IEnumerable<string> Dependencies(PlanRequest request) => PlanWarnings.Of(made, request)
            .Where(warning => warning.Code.StartsWith("dependency", StringComparison.Ordinal)).Select(warning => warning.Message);
    }

    private Task<MadePlan> MakeAsync(ClusterSnapshot cluster, IDefinitionPreview? preview = null) =>
        new PlanMaker(inventory, preview ?? targets, database, TimeProvider.System, NullLogger<PlanMaker>.Instance)
            .MakeAsync(cluster, now => new DrawnPlan(Planner.Plan(now, Request(), Options)), null, TestContext.Current.CancellationToken);
}
