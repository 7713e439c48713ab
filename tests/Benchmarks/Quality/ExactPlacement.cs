using Google.OrTools.Sat;
using Recovery.Core.Inventory;

namespace Recovery.Benchmarks.Quality;

/// <summary>What the solver found.</summary>
/// <param name="Proven">No placement has more; otherwise its time was over.</param>
/// <param name="Placed">How many instances have a host.</param>
/// <param name="Target">The position of the host for each moving instance; null for none.</param>
internal sealed record ExactResult(bool Proven, int Placed, IReadOnlyList<int?> Target);

/// <summary>The greatest number of instances that can be placed, by Google's CP-SAT.</summary>
internal static class ExactPlacement
{
    public static ExactResult Of(PlacementModel model, int seconds = 20)
    {
        var exact = new CpModel();
        var placed = model.Fitting
            .Select((hosts, instance) => hosts.ToDictionary(host => host, host => exact.NewBoolVar($"{instance} on {host}")))
            .ToList();
        foreach (var choices in placed)
        {
            exact.AddAtMostOne(choices.Values);
        }

        for (var host = 0; host < model.Hosts.Count; host++)
        {
            var here = Enumerable.Range(0, placed.Count).Where(instance => placed[instance].ContainsKey(host)).ToList();
            exact.Add(LinearExpr.WeightedSum(here.Select(each => placed[each][host]), here.Select(each => model.Moving[each].MemoryMib))
                <= Math.Max(0, model.Room[host].MemoryMib));
            exact.Add(LinearExpr.WeightedSum(here.Select(each => placed[each][host]), here.Select(each => (long)model.Moving[each].Vcpus))
                <= Math.Max(0, model.Room[host].Vcpus));
        }

        foreach (var group in model.Groups)
        {
            Bind(exact, group, placed, model.Hosts.Count);
        }

        exact.Maximize(LinearExpr.Sum(placed.SelectMany(choices => choices.Values)));
        var solver = new CpSolver { StringParameters = $"max_time_in_seconds:{seconds},num_workers:1,random_seed:1" };
        var status = solver.Solve(exact);
        return status is CpSolverStatus.Optimal or CpSolverStatus.Feasible
            ? Result(status == CpSolverStatus.Optimal, placed, solver)
            : new ExactResult(false, 0, [.. model.Moving.Select(_ => (int?)null)]);
    }

    private static ExactResult Result(bool proven, List<Dictionary<int, BoolVar>> placed, CpSolver solver)
    {
        var targets = placed
            .Select(choices => choices.Where(choice => solver.BooleanValue(choice.Value)).Select(choice => (int?)choice.Key).FirstOrDefault())
            .ToList();
        return new ExactResult(proven, targets.Count(target => target is not null), targets);
    }

    private static void Bind(CpModel exact, HardGroup group, List<Dictionary<int, BoolVar>> placed, int hosts)
    {
        var homes = new List<BoolVar>();
        for (var host = 0; host < hosts; host++)
        {
            var here = group.Members.Where(member => placed[member].ContainsKey(host)).Select(member => placed[member][host]).ToList();
            if (here.Count == 0)
            {
                continue;
            }

            if (group.Group.Rule == GroupRule.AntiAffinity)
            {
                exact.Add(LinearExpr.Sum(here) <= Math.Max(0, group.Group.MaximumPerHost - group.Present[host]));
                continue;
            }

            var home = exact.NewBoolVar($"{group.Group.Name} on {host}");
            homes.Add(home);
            foreach (var member in here)
            {
                exact.AddImplication(member, home);
            }
        }

        exact.AddAtMostOne(homes);
    }
}
