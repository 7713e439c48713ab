using System.Diagnostics;
using Recovery.Benchmarks.Clusters;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Quality;

/// <summary>One tight cluster, planned and solved.</summary>
/// <param name="Asked">How many instances have to move.</param>
/// <param name="Planned">How many of them the planner places.</param>
/// <param name="Placeable">How many the solver places.</param>
/// <param name="Greedy">How many <see cref="LargestFirst"/> places.</param>
/// <param name="Proven">Nobody can place more than <paramref name="Placeable"/>.</param>
/// <param name="Violations">Rules that the plan breaks, or the solver's answer.</param>
/// <param name="LeftOut">What the planner left out, with its own nearest reason.</param>
internal sealed record Comparison(
    int Seed,
    int Hosts,
    int Asked,
    int Planned,
    int Placeable,
    int Greedy,
    bool Proven,
    TimeSpan Planning,
    TimeSpan Solving,
    IReadOnlyList<string> Violations,
    IReadOnlyList<string> LeftOut)
{
    public int Missed => Placeable - Planned;

    public static Comparison Of(int seed)
    {
        var tight = TightCluster.Of(seed);
        var model = new PlacementModel(tight);
        var planning = Stopwatch.StartNew();
        var plan = Planner.Plan(tight.Snapshot, tight.Request, tight.Options);
        planning.Stop();
        var solving = Stopwatch.StartNew();
        var exact = ExactPlacement.Of(model);
        solving.Stop();
        return new Comparison(
            seed,
            tight.Snapshot.Hosts.Count,
            model.Moving.Count,
            plan.Moves.Count,
            exact.Placed,
            LargestFirst.Placed(model),
            exact.Proven,
            planning.Elapsed,
            solving.Elapsed,
            [.. PlanCheck.Violations(model, plan), .. PlanCheck.Violations(model, Answer(model, exact)).Select(each => $"the solver: {each}")],
            [.. plan.Unplaced.Select(unplaced => Sentence(unplaced, model, exact))]);
    }

    public override string ToString() =>
        $"seed {Seed,3}: {Hosts} hosts, {Asked} to move, planned {Planned} of {Placeable} placeable (greedy {Greedy})"
        + $"{(Proven ? "" : ", not proven")}, {Planning.TotalMilliseconds:F1} ms, solver {Solving.TotalSeconds:F2} s";

    // The solver's own answer is held against the same rules: two statements of them, so that neither is wrong unnoticed.
    private static Plan Answer(PlacementModel model, ExactResult exact)
    {
        var placed = model.Moving.Zip(exact.Target).ToLookup(each => each.Second is not null);
        return new Plan(
            [.. placed[true].Select(each => new Move(each.First.Id, each.First.Name, each.First.Host, model.Hosts[each.Second!.Value].Name, each.First.Intent))],
            [.. placed[false].Select(each => new Unplaced(each.First.Id, each.First.Name, each.First.Host, []))]);
    }

    private static string Sentence(Unplaced unplaced, PlacementModel model, ExactResult exact)
    {
        var position = Enumerable.Range(0, model.Moving.Count).First(each => model.Moving[each].Id == unplaced.Instance);
        var instance = model.Moving[position];
        var groups = string.Concat(instance.Policy.Groups.Select(group => $", in {group.Name}"));
        var solved = exact.Target[position] is { } host ? $"the solver puts it on {model.Hosts[host].Name}" : "the solver leaves it out too";
        return $"{instance.Name}: {instance.MemoryMib} MiB, {instance.Vcpus} vCPUs{groups}, {model.Fitting[position].Count} hosts see its disks; "
            + $"{solved}; {string.Join("; ", unplaced.Rejections.Take(3).Select(rejection => rejection.Sentence))}";
    }
}
