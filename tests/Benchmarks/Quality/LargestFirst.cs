using Recovery.Core.Inventory;

namespace Recovery.Benchmarks.Quality;

/// <summary>
/// Placement without second thoughts, to show how hard the cases are: the largest instance first, each on the host that
/// is emptiest then. What a planner reaches beyond this is its repair search's merit.
/// </summary>
internal static class LargestFirst
{
    public static int Placed(PlacementModel model)
    {
        var room = model.Room.ToArray();
        var groups = model.Groups.ToDictionary(group => group.Group, group => new Dictionary<int, int>(group.Present));
        var homes = new Dictionary<InstanceGroup, int>();
        var placed = 0;
        foreach (var each in Enumerable.Range(0, model.Moving.Count).OrderByDescending(each => model.Moving[each].MemoryMib))
        {
            var instance = model.Moving[each];
            var host = model.Fitting[each]
                .Where(host => room[host].MemoryMib >= instance.MemoryMib && room[host].Vcpus >= instance.Vcpus)
                .Where(host => instance.Policy.Groups.All(group => group.Rule == GroupRule.Affinity
                    ? !homes.TryGetValue(group, out var home) || home == host
                    : groups[group][host] < group.MaximumPerHost))
                .OrderByDescending(host => room[host].MemoryMib)
                .Select(host => (int?)host)
                .FirstOrDefault();
            if (host is not { } chosen)
            {
                continue;
            }

            placed++;
            room[chosen] = new Free(room[chosen].MemoryMib - instance.MemoryMib, room[chosen].Vcpus - instance.Vcpus);
            foreach (var group in instance.Policy.Groups)
            {
                groups[group][chosen]++;
                homes[group] = chosen;
            }
        }

        return placed;
    }
}
