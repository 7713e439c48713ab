using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Benchmarks.Quality;

/// <summary>Holds a plan against the model: a planner that places more by breaking a rule has not won.</summary>
internal static class PlanCheck
{
    /// <summary>A sentence for each rule that the plan breaks; none when it is sound.</summary>
    public static IEnumerable<string> Violations(PlacementModel model, Plan plan)
    {
        var positions = Enumerable.Range(0, model.Moving.Count).ToDictionary(each => model.Moving[each].Id);
        var named = Enumerable.Range(0, model.Hosts.Count).ToDictionary(each => model.Hosts[each].Name);
        var mentioned = plan.Moves.Select(move => move.Instance).Concat(plan.Unplaced.Select(unplaced => unplaced.Instance)).ToList();
        if (mentioned.Count != model.Moving.Count || !mentioned.ToHashSet().SetEquals(positions.Keys))
        {
            yield return $"it mentions {mentioned.Count} instances, and {model.Moving.Count} were to move, each once";
            yield break;
        }

        foreach (var move in plan.Moves.Where(move => !model.Fitting[positions[move.Instance]].Contains(named[move.Target])))
        {
            yield return $"{move.Name} may not run on {move.Target}";
        }

        foreach (var onHost in plan.Moves.GroupBy(move => named[move.Target]))
        {
            var (memory, vcpus) = (onHost.Sum(move => model.Moving[positions[move.Instance]].MemoryMib), onHost.Sum(move => model.Moving[positions[move.Instance]].Vcpus));
            var room = model.Room[onHost.Key];
            if (memory > room.MemoryMib || vcpus > room.Vcpus)
            {
                yield return $"{model.Hosts[onHost.Key].Name} has {room.MemoryMib} MiB and {room.Vcpus} vCPUs, and gets {memory} and {vcpus}";
            }
        }

        var targets = plan.Moves.ToDictionary(move => positions[move.Instance], move => named[move.Target]);
        foreach (var group in model.Groups)
        {
            var taken = group.Members.Where(targets.ContainsKey).GroupBy(member => targets[member]).ToList();
            if (group.Group.Rule == GroupRule.Affinity && taken.Count > 1)
            {
                yield return $"the members of {group.Group.Name} are on {taken.Count} hosts";
            }

            foreach (var full in taken.Where(each =>
                group.Group.Rule == GroupRule.AntiAffinity && each.Count() + group.Present[each.Key] > group.Group.MaximumPerHost))
            {
                yield return $"{model.Hosts[full.Key].Name} gets {full.Count()} members of {group.Group.Name} beside {group.Present[full.Key]}";
            }
        }
    }
}
