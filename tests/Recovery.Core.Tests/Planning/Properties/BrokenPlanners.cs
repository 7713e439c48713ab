using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>Planners with one mistake each, and the truth that must find it: what shows that a truth can fail.</summary>
internal static class BrokenPlanners
{
    public static readonly IReadOnlyList<(string Truth, PlannerUnderTest Planner)> All =
    [
        ("no host is over capacity after all moves", Seeing("forgets what others were promised", snapshot => snapshot with { Reservations = [] })),
        ("no host is over capacity after all moves", Planning("plans each instance alone", EachAlone)),
        ("no host is over capacity after all moves", Planning("keeps no reserve", (snapshot, request, options) =>
            Planner.Plan(snapshot, request, options with { ReservedMemoryMib = 0 }))),
        ("no host is over capacity after all moves", Seeing("knows no huge pages", snapshot => WithInstances(snapshot, instance => instance with
        {
            Requirements = instance.Requirements with { PageSizeKib = 0, NumaNodes = [] },
        }))),

        ("each requested instance is moved xor unplaced, and nothing else appears", Changing("loses one", plan => plan with { Moves = [.. plan.Moves.Skip(1)] })),
        ("each requested instance is moved xor unplaced, and nothing else appears", Changing("gives two answers", plan => plan with
        {
            Unplaced = [.. plan.Unplaced, .. plan.Moves.Take(1).Select(GivenUp)],
        })),
        ("each requested instance is moved xor unplaced, and nothing else appears", Planning("takes all of the sources", (snapshot, request, options) =>
            Planner.Plan(snapshot, request with { Instances = [], ExcludedInstances = [] }, options))),

        ("no target is a source, unfit, or breaks a hard group", Changing("sends one back", plan => plan with
        {
            Moves = [.. plan.Moves.Take(1).Select(move => move with { Target = move.Source }), .. plan.Moves.Skip(1)],
        })),
        ("no target is a source, unfit, or breaks a hard group", Seeing("ignores groups", snapshot => WithInstances(snapshot, instance => instance with
        {
            Policy = instance.Policy with { Groups = [] },
        }))),
        ("no target is a source, unfit, or breaks a hard group", Seeing("thinks that all see all storage", snapshot => WithHosts(snapshot, host => host with
        {
            Storages = new HashSet<string> { "shared", "ssd" },
        }))),
        ("no target is a source, unfit, or breaks a hard group", Seeing("does not know of maintenance", snapshot => WithHosts(snapshot, host => host with
        {
            Maintenance = false,
            Quarantined = false,
        }))),
        ("no target is a source, unfit, or breaks a hard group", Planning("chooses its targets itself", (snapshot, request, options) =>
            Planner.Plan(snapshot, request with { Targets = [], ExcludedTargets = [] }, options))),

        ("adding an empty host never makes a plan place fewer", Planning("never withholds an empty host", (snapshot, request, options) => WithoutWithholding(snapshot, request, options, new Style(TightestFit: true, SmallestFirst: false)))),

        ("what the forecast calls survivable, the planner places completely", Forecasting("hopes for the best", (snapshot, level, options) =>
        {
            var forecast = Forecaster.Of(snapshot, level, options);
            return forecast with { Losses = [.. forecast.Losses.Select(loss => loss with { StaysDown = [] })] };
        })),
        ("what the forecast calls survivable, the planner places completely", Forecasting("counts memory only", (snapshot, level, options) =>
            Forecaster.Of(snapshot, level, options with { VcpuOvercommit = 1_000 }))),
        ("what the forecast calls survivable, the planner places completely", Forecasting("loses one host of a domain", (snapshot, level, options) =>
        {
            var forecast = Forecaster.Of(snapshot, ForecastLevel.Host, options);
            return level == ForecastLevel.Host
                ? forecast
                : forecast with
                {
                    Losses = [.. Forecaster.Of(snapshot, level, options).Losses.Select(loss => loss with
                    {
                        StaysDown = [.. forecast.Losses.First(each => each.Name == loss.Hosts[0]).StaysDown],
                    })],
                };
        })),

        ("the input's order does not change the plan", Planning("takes the first host that fits", (snapshot, request, options) =>
            NaivePlanner.Plan(snapshot, request, options, Tiers, _ => 0))),
        ("the input's order does not change the plan", Planning("serves as the input comes", (snapshot, request, options) =>
            NaivePlanner.Plan(snapshot, request, options, (_, _) => 0, host => host.Name))),

        ("the starting order respects dependencies and tiers", Changing("starts the last first", plan => plan with { Moves = [.. plan.Moves.Reverse()] })),
        ("the starting order respects dependencies and tiers", Changing("starts by tiers alone", plan => plan with
        {
            Moves = [.. plan.Moves.OrderBy(move => move.Intent == PowerIntent.StayOff).ThenByDescending(move => move.Priority).ThenBy(move => move.Name, StringComparer.Ordinal)],
        })),
        ("the starting order respects dependencies and tiers", Planning("lets nobody inherit a tier", (snapshot, request, options) =>
        {
            var plan = Planner.Plan(snapshot, request, options);
            return plan with { Moves = [.. plan.Moves.Select(move => move with { Priority = snapshot.Instances.First(each => each.Id == move.Instance).Policy.Priority })] };
        })),

        ("what is unplaced really fits nowhere", Changing("gives up on one", plan => new Plan(
            [.. plan.Moves.Skip(1)], [.. plan.Unplaced, .. plan.Moves.Take(1).Select(GivenUp)]))),
        ("what is unplaced really fits nowhere", Planning("thinks hosts smaller than they are", (snapshot, request, options) =>
            Planner.Plan(snapshot, request, options with { ReservedMemoryMib = options.ReservedMemoryMib + 512 }))),

        ("no lower tier has what a higher one needed", Planning("serves the smallest first", (snapshot, request, options) =>
            NaivePlanner.Plan(snapshot, request, options, (guest, _) => guest.MemoryMib, host => host.Name))),
    ];

    private static (bool, int, string) Tiers(Instance instance, int priority) => (Referee.IsOff(instance), -priority, instance.Name);

    private static Plan EachAlone(ClusterSnapshot snapshot, PlanRequest request, PlannerOptions options)
    {
        var whole = Planner.Plan(snapshot, request, options);
        return whole with
        {
            Moves = [.. whole.Moves.SelectMany(move => Planner.Plan(snapshot, request with { Instances = [move.Instance], IgnoreDependencies = true }, options).Moves)],
        };
    }

    // As the planner does it, without the attempts that leave out what is empty.
    private static Plan WithoutWithholding(ClusterSnapshot snapshot, PlanRequest request, PlannerOptions options, Style style)
    {
        var cluster = new IndexedCluster(snapshot, options with { RepairTries = 0 });
        var whole = Planner.Plan(snapshot, request, options);
        var candidates = NaivePlanner.Candidates(whole).Select(each => cluster.GuestOf(snapshot.Instances.First(instance => instance.Id == each.Id), each.Priority)).ToList();
        var placement = new Placement(cluster, new Scope(cluster, request, candidates), candidates);
        var only = Arrangement.Of(placement, candidates, style);
        var placed = candidates.Where(only.Placement.Has).ToDictionary(guest => guest.Instance.Id, guest => cluster.Hosts[placement.HostOf(guest.Instance.Id)!.Value].Name);
        return NaivePlanner.Rearranged(whole, placed);
    }

    internal static Unplaced GivenUp(Move move) => new(move.Instance, move.Name, move.Source, []) { Priority = move.Priority };

    private static PlannerUnderTest Planning(string name, Func<ClusterSnapshot, PlanRequest, PlannerOptions, Plan> plan) => new(name, plan, Forecaster.Of);

    private static PlannerUnderTest Forecasting(string name, Func<ClusterSnapshot, ForecastLevel, PlannerOptions, Forecast> forecast) => new(name, Planner.Plan, forecast);

    private static PlannerUnderTest Seeing(string name, Func<ClusterSnapshot, ClusterSnapshot> distorted) =>
        Planning(name, (snapshot, request, options) => Planner.Plan(distorted(snapshot), request, options));

    private static PlannerUnderTest Changing(string name, Func<Plan, Plan> change) =>
        Planning(name, (snapshot, request, options) => change(Planner.Plan(snapshot, request, options)));

    private static ClusterSnapshot WithInstances(ClusterSnapshot snapshot, Func<Instance, Instance> change) =>
        snapshot with { Instances = [.. snapshot.Instances.Select(change)] };

    private static ClusterSnapshot WithHosts(ClusterSnapshot snapshot, Func<Host, Host> change) =>
        snapshot with { Hosts = [.. snapshot.Hosts.Select(change)] };
}

/// <summary>One after the other, each to the first host that can take it: correct in the small, and without foresight.</summary>
internal static class NaivePlanner
{
    public static Plan Plan<TTurn, TRank>(
        ClusterSnapshot snapshot,
        PlanRequest request,
        PlannerOptions options,
        Func<Instance, int, TTurn> turn,
        Func<Host, TRank> rank)
    {
        var (referee, whole) = (new Referee(snapshot, request, options), Planner.Plan(snapshot, request, options));
        var priorities = Candidates(whole).ToDictionary(each => each.Id, each => each.Priority);
        var placed = new Dictionary<Guid, string>();
        foreach (var instance in snapshot.Instances.Where(each => priorities.ContainsKey(each.Id)).OrderBy(each => turn(each, priorities[each.Id])))
        {
            if (snapshot.Hosts.OrderBy(rank).FirstOrDefault(host => referee.WhyNot(instance, host.Name, placed) is null) is { } host)
            {
                placed[instance.Id] = host.Name;
            }
        }

        return Rearranged(whole, placed);
    }

    /// <summary>All that a plan is about and that is not left alone.</summary>
    public static IEnumerable<(Guid Id, int Priority)> Candidates(Plan plan) =>
        plan.Moves.Select(move => (move.Instance, move.Priority)).Concat(plan.Unplaced.Where(IsLeftOut).Select(each => (each.Instance, each.Priority)));

    /// <summary>The same plan with other places.</summary>
    public static Plan Rearranged(Plan plan, Dictionary<Guid, string> placed)
    {
        var all = plan.Moves.Concat(plan.Unplaced.Where(IsLeftOut)
            .Select(each => new Move(each.Instance, each.Name, each.Source, "", PowerIntent.Run) { Priority = each.Priority })).ToList();
        return new Plan(
            [.. all.Where(move => placed.ContainsKey(move.Instance)).OrderBy(move => move.Name, StringComparer.Ordinal).Select(move => move with { Target = placed[move.Instance], After = [], OnlyTarget = false })],
            [.. plan.Unplaced.Where(each => !IsLeftOut(each)), .. all.Where(move => !placed.ContainsKey(move.Instance)).OrderBy(move => move.Name, StringComparer.Ordinal).Select(BrokenPlanners.GivenUp)]);
    }

    private static bool IsLeftOut(Unplaced unplaced) =>
        !unplaced.ByWish && unplaced.Rejections.All(each => each.Kind != RejectionKind.DependencyCycle);
}
