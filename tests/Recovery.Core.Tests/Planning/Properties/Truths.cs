using System.Text.Json;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>Something that is true of every plan.</summary>
/// <param name="Violation">Says what is wrong; null when nothing is.</param>
internal sealed record Truth(string Name, Func<PlanningCase, PlannerUnderTest, string?> Violation)
{
    /// <summary>It is about how pieces fit, and seldom in danger elsewhere.</summary>
    public bool NeedsJigsaws { get; init; }
}

/// <summary>What holds for every cluster and every request.</summary>
internal static class Truths
{
    public static readonly IReadOnlyList<Truth> All =
    [
        new("no host is over capacity after all moves", NoHostIsOverCapacity),
        new("each requested instance is moved xor unplaced, and nothing else appears", EachIsMovedXorUnplaced),
        new("no target is a source, unfit, or breaks a hard group", TargetsAreFit),
        new("adding an empty host never makes a plan place fewer", AnEmptyHostDoesNoHarm) { NeedsJigsaws = true },
        new("what the forecast calls survivable, the planner places completely", TheForecastIsKept),
        new("the input's order does not change the plan", OrderOfInputDoesNotMatter),
        new("the starting order respects dependencies and tiers", StartingOrderIsRight),
        new("what is unplaced really fits nowhere", NothingIsLeftOutNeedlessly),
        new("no lower tier has what a higher one needed", HigherTiersWin),
    ];

    private static string? NoHostIsOverCapacity(PlanningCase question, PlannerUnderTest planner)
    {
        var (referee, placed) = (new Referee(question), Placed(planner.PlanOf(question)));
        return placed.Values.Distinct().Select(host => referee.Overfull(host, placed)).FirstOrDefault(overfull => overfull is not null);
    }

    private static string? EachIsMovedXorUnplaced(PlanningCase question, PlannerUnderTest planner)
    {
        var plan = planner.PlanOf(question);
        var answered = plan.Moves.Select(move => move.Instance).Concat(plan.Unplaced.Select(unplaced => unplaced.Instance)).Order().ToList();
        var requested = new Referee(question).Requested.Select(instance => instance.Id).Order().ToList();
        return answered.SequenceEqual(requested) ? null : $"{requested.Count} were asked for, {answered.Distinct().Count()} answered, {answered.Count} times";
    }

    private static string? TargetsAreFit(PlanningCase question, PlannerUnderTest planner)
    {
        var (referee, plan) = (new Referee(question), planner.PlanOf(question));
        var placed = Placed(plan);
        return plan.Moves.Select(move => referee.Find(move.Instance))
            .Select(instance => referee.Unfit(instance, placed[instance.Id]) ?? referee.BrokenGroup(instance, placed))
            .FirstOrDefault(wrong => wrong is not null);
    }

    /// <summary>
    /// "Fewer" is meant tier by tier, the highest first, and what ran before what was off: a host more may let a large
    /// instance of a high tier in, by a chain of moves that takes the place of two small ones of a low tier. That is what
    /// tiers are for, although the sum is smaller. It is promised for clusters of at most three empty hosts: with more of
    /// them the planner does not try all combinations.
    /// </summary>
    private static string? AnEmptyHostDoesNoHarm(PlanningCase question, PlannerUnderTest planner)
    {
        var newcomer = question.Newcomer.Name;
        var more = question with
        {
            Snapshot = question.Snapshot with { Hosts = [.. question.Snapshot.Hosts, question.Newcomer] },
            Request = question.Request with { Targets = question.Request.Targets.Count == 0 ? [] : [.. question.Request.Targets, newcomer] },
        };
        var (before, after) = (planner.PlanOf(question), planner.PlanOf(more));
        var (placedBefore, placedAfter) = (PlacedByTier(before, question), PlacedByTier(after, question));
        foreach (var (was, now) in placedBefore.Zip(placedAfter))
        {
            if (was.Count != now.Count)
            {
                return now.Count > was.Count ? null : $"with {newcomer}, tier {was.Tier} places {now.Count} instead of {was.Count}";
            }
        }

        return null;
    }

    private static string? TheForecastIsKept(PlanningCase question, PlannerUnderTest planner)
    {
        foreach (var level in Enum.GetValues<ForecastLevel>())
        {
            foreach (var loss in planner.Forecast(question.Snapshot, level, question.Options).Losses.Where(loss => loss.Survivable))
            {
                var lost = question.Snapshot with
                {
                    Hosts = [.. question.Snapshot.Hosts.Select(host => loss.Hosts.Contains(host.Name) ? host with { Liveness = HostLiveness.Silent } : host)],
                };
                var request = new PlanRequest(loss.Hosts, [], []);
                var plan = planner.Plan(lost, request, question.Options);
                var expected = new Referee(lost, request, question.Options).Requested
                    .Count(instance => !instance.Policy.OptOut && instance.Policy.Class != "appliance");
                if (plan.Moves.Count != expected || plan.Unplaced.Any(unplaced => !unplaced.ByWish))
                {
                    return $"the loss of {loss.Name} was survivable, and {expected - plan.Moves.Count} of {expected} have no place";
                }
            }
        }

        return null;
    }

    private static string? OrderOfInputDoesNotMatter(PlanningCase question, PlannerUnderTest planner)
    {
        var (snapshot, request) = (question.Snapshot, question.Request);
        var shuffled = question with
        {
            Snapshot = snapshot with
            {
                Hosts = Shuffled(snapshot.Hosts, question.Shuffle),
                Instances = Shuffled(snapshot.Instances, question.Shuffle),
                Reservations = Shuffled(snapshot.Reservations, question.Shuffle),
                Refusals = Shuffled(snapshot.Refusals, question.Shuffle),
            },
            Request = request with
            {
                Sources = Shuffled(request.Sources, question.Shuffle),
                Instances = Shuffled(request.Instances, question.Shuffle),
                Targets = Shuffled(request.Targets, question.Shuffle),
            },
        };
        var (plan, other) = (JsonSerializer.Serialize(planner.PlanOf(question)), JsonSerializer.Serialize(planner.PlanOf(shuffled)));
        return plan == other ? null : $"{plan}\nbecomes\n{other}";
    }

    private static string? StartingOrderIsRight(PlanningCase question, PlannerUnderTest planner)
    {
        var (referee, plan) = (new Referee(question), planner.PlanOf(question));
        var moved = plan.Moves.Select(move => move.Instance).ToHashSet();
        var waitsFor = plan.Moves.ToDictionary(
            move => move.Instance,
            move => question.Request.IgnoreDependencies ? [] : referee.Find(move.Instance).Policy.After.Where(moved.Contains).ToHashSet());
        for (var late = 0; late < plan.Moves.Count; late++)
        {
            var move = plan.Moves[late];
            var earlier = plan.Moves.Take(late).ToList();
            if (!waitsFor[move.Instance].SetEquals(move.After) || !waitsFor[move.Instance].IsSubsetOf(earlier.Select(each => each.Instance)))
            {
                return $"{move.Name} starts before what it waits for";
            }

            if (plan.Moves.Any(other => waitsFor[other.Instance].Contains(move.Instance) && other.Priority > move.Priority))
            {
                return $"{move.Name} is awaited by a higher tier than its own";
            }

            // Whoever was overtaken by a lower tier was waiting for that one, or for somebody after it.
            for (var early = 0; early < late; early++)
            {
                if (Rank(move, referee).CompareTo(Rank(earlier[early], referee)) < 0
                    && !earlier.Skip(early).Any(each => waitsFor[move.Instance].Contains(each.Instance)))
                {
                    return $"{move.Name} starts after {earlier[early].Name} without need";
                }
            }
        }

        return null;
    }

    private static string? NothingIsLeftOutNeedlessly(PlanningCase question, PlannerUnderTest planner)
    {
        var (referee, plan) = (new Referee(question), planner.PlanOf(question));
        var placed = Placed(plan);
        return LeftOut(plan, referee)
            .SelectMany(instance => question.Snapshot.Hosts.Select(host => (instance, host.Name, Why: referee.WhyNot(instance, host.Name, placed))))
            .Where(each => each.Why is null)
            .Select(each => $"{each.instance.Name} could be on {each.Name}")
            .FirstOrDefault();
    }

    /// <summary>
    /// Whoever is left out would have no place either if what a lower tier got were free. The search that moves others
    /// away is bounded and may find a way for a lower tier that it missed for a higher one, so this is about plans without
    /// that search.
    /// </summary>
    private static string? HigherTiersWin(PlanningCase question, PlannerUnderTest planner)
    {
        question = question with { Options = question.Options with { RepairTries = 0 } };
        var (referee, plan) = (new Referee(question), planner.PlanOf(question));
        var tiers = plan.Unplaced.ToDictionary(unplaced => unplaced.Instance, unplaced => unplaced.Priority);
        return LeftOut(plan, referee)
            .SelectMany(instance =>
            {
                var tier = (Off: Referee.IsOff(instance), Below: -tiers[instance.Id]);
                var above = plan.Moves.Where(move => Rank(move, referee).CompareTo(tier) <= 0).ToDictionary(move => move.Instance, move => move.Target);
                return question.Snapshot.Hosts.Where(host => referee.WhyNot(instance, host.Name, above) is null)
                    .Select(host => $"{instance.Name} of tier {tiers[instance.Id]} has no place, and lower tiers have what it needs on {host.Name}");
            })
            .FirstOrDefault();
    }

    // A guest with NUMA nodes may be turned down although another way to fill the cells would have let it in.
    private static IEnumerable<Instance> LeftOut(Plan plan, Referee referee) => plan.Unplaced
        .Where(unplaced => !unplaced.ByWish && unplaced.Rejections.All(each => each.Kind != RejectionKind.DependencyCycle))
        .Select(unplaced => referee.Find(unplaced.Instance))
        .Where(instance => instance.Requirements.NumaNodes.Count == 0);

    private static (bool Off, int Below) Rank(Move move, Referee referee) => (Referee.IsOff(referee.Find(move.Instance)), -move.Priority);

    private static Dictionary<Guid, string> Placed(Plan plan) =>
        plan.Moves.DistinctBy(move => move.Instance).ToDictionary(move => move.Instance, move => move.Target);

    private static List<((bool Off, int Below) Tier, int Count)> PlacedByTier(Plan plan, PlanningCase question)
    {
        var referee = new Referee(question);
        var all = plan.Moves.Select(move => (Rank(move, referee), Count: 1))
            .Concat(plan.Unplaced.Select(unplaced => ((Referee.IsOff(referee.Find(unplaced.Instance)), -unplaced.Priority), Count: 0)));
        return [.. all.GroupBy(each => each.Item1, each => each.Count).OrderBy(tier => tier.Key).Select(tier => (tier.Key, tier.Sum()))];
    }

    private static T[] Shuffled<T>(IReadOnlyList<T> values, int seed)
    {
        T[] shuffled = [.. values];
        new Random(seed).Shuffle(shuffled);
        return shuffled;
    }
}
