using Recovery.Core.Inventory;

namespace Recovery.Benchmarks.Clusters;

/// <summary>Hard groups in a <see cref="TightCluster"/>.</summary>
internal static class TightGroups
{
    /// <summary>
    /// Some of the instances that move are kept apart (also such that were together on the lost host, because the rule is
    /// younger than they are), a few must stay together. Nobody is in two groups.
    /// </summary>
    public static void Bind(List<Instance> instances, Dice dice)
    {
        var free = new Queue<int>(dice.Shuffled(Enumerable.Range(0, instances.Count)));
        for (var number = dice.Between(1, 4); number > 0; number--)
        {
            var group = new InstanceGroup($"apart-{number}", GroupRule.AntiAffinity, dice.Chance(75) ? 1 : 2);
            Take(dice.Between(1, 4), group);
        }

        if (dice.Chance(50))
        {
            Take(dice.Between(2, 3), new InstanceGroup("together", GroupRule.Affinity));
        }

        void Take(int members, InstanceGroup group)
        {
            for (; members > 0 && free.TryDequeue(out var member); members--)
            {
                var instance = instances[member];
                instances[member] = instance with { Policy = instance.Policy with { Groups = [group] } };
            }
        }
    }

    /// <summary>Every anti-affinity group gets up to three members among the instances that stay, from <paramref name="first"/> on.</summary>
    public static void AddMembersOnSurvivors(List<Instance> instances, int first, Dice dice)
    {
        var groups = instances.Take(first).SelectMany(instance => instance.Policy.Groups)
            .Where(group => group.Rule == GroupRule.AntiAffinity).Distinct().ToList();
        foreach (var group in groups)
        {
            for (var members = dice.Between(0, 3); members > 0 && first < instances.Count; members--)
            {
                var at = dice.Between(first, instances.Count - 1);
                instances[at] = instances[at] with { Policy = instances[at].Policy with { Groups = [group] } };
            }
        }
    }
}
