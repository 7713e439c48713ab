using CsCheck;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>
/// Small clusters that are tight in everything that can be tight, with some of each thing that an operator can wish for.
/// </summary>
internal static class ClusterGenerator
{
    private const int MostEmptyHosts = 3;

    private const int PageSizeKib = 2048;

    private static readonly InstanceGroup[] Groups =
    [
        new("together", GroupRule.Affinity),
        new("pair", GroupRule.Affinity),
        new("apart", GroupRule.AntiAffinity),
        new("two", GroupRule.AntiAffinity, 2),
        new("near", GroupRule.SoftAffinity),
        new("far", GroupRule.SoftAntiAffinity),
    ];

    private static readonly Gen<HostAbilities> Abilities =
        from cells in Sometimes(60, Gen.Select(Gen.OneOf(1024L, 2048L, 4096L), Gen.OneOf(1, 4), Gen.OneOf(0L, 256L, 512L, 1024L)).Array[1, 2], [])
        from known in Often(80)
        from devices in Gen.OneOf(0, 0, 1, 2)
        select new HostAbilities
        {
            NumaCells = known ? [.. cells.Select((cell, id) => new NumaCell(id, cell.Item1, cell.Item2, new Dictionary<int, long> { [PageSizeKib] = cell.Item3 }))] : null,
            Devices = devices == 0 ? new Dictionary<string, int>() : new Dictionary<string, int> { ["gpu"] = devices },
        };

    private static readonly Gen<Host> Hosts =
        from memory in Gen.OneOf(1024L, 2048L, 4096L, 6144L, 8192L)
        from vcpus in Gen.OneOf(2, 4, 8)
        from disk in Gen.OneOf(0L, 2048L, 4096L)
        from liveness in Sometimes(8, Gen.OneOf(HostLiveness.Silent, HostLiveness.NeverSeen, HostLiveness.LibvirtDown), HostLiveness.Up)
        from maintenance in Often(4)
        from quarantined in Often(4)
        from spare in Often(15)
        from domain in Gen.OneOf("", "rack-a", "rack-b", "rack-c")
        from zone in Gen.OneOf("", "east", "west")
        from trait in Often(50)
        from ssd in Often(60)
        from limited in Often(15)
        from abilities in Abilities
        select Host("", memory, vcpus, ssd ? "shared ssd" : "shared", liveness, maintenance, quarantined) with
        {
            DiskMib = disk,
            Spare = spare,
            FailureDomain = domain,
            Zone = zone,
            Traits = trait ? new HashSet<string> { "avx" } : [],
            Limits = limited ? new HostLimits(MemoryOvercommit: 1.5, ReservedMemoryMib: 256, ReservedVcpus: 1) : HostLimits.AsConfigured,
            Abilities = abilities,
        };

    private static readonly Gen<HostRequirements> Requirements =
        from pages in Often(40)
        from nodes in Sometimes(50, Gen.Select(Gen.OneOf(512L, 1024L), Gen.OneOf(1, 2)).Array[1, 2], [])
        from device in Often(40)
        select new HostRequirements
        {
            PageSizeKib = pages ? PageSizeKib : 0,
            NumaNodes = [.. nodes.Select(node => new NumaNode(node.Item1, node.Item2))],
            Devices = device ? new Dictionary<string, int> { ["gpu"] = 1 } : new Dictionary<string, int>(),
        };

    private static readonly Gen<InstancePolicy> Policies =
        from priority in Gen.OneOf(20, 50, 50, 80)
        from optOut in Often(4)
        from appliance in Often(4)
        from zone in Sometimes(8, Gen.OneOf("east", "west"), "")
        from trait in Often(10)
        from image in Often(20)
        from groups in Sometimes(40, Gen.OneOf(Groups).Array[1, 2], [])
        select new InstancePolicy
        {
            Priority = priority,
            OptOut = optOut,
            Class = appliance ? "appliance" : "",
            Zone = zone,
            RequiredTraits = trait ? ["avx"] : [],
            Image = image ? "debian" : "",
            Groups = [.. groups.Distinct()],
        };

    // Where it is, is a number that says "one of the sources" when it is too large for a host.
    private static readonly Gen<(Instance Instance, int Where, int[] After)> Instances =
        from memory in Gen.OneOf(256L, 512L, 1024L, 1536L, 2048L, 3072L)
        from vcpus in Gen.OneOf(1, 1, 2, 4)
        from disk in Sometimes(10, Gen.OneOf(512L, 1024L), 0L)
        from state in Sometimes(20, Gen.OneOf(DomainState.ShutOff, DomainState.Paused, DomainState.Crashed), DomainState.Running)
        from ssd in Often(15)
        from policy in Policies
        from requirements in Sometimes(20, Requirements, HostRequirements.None)
        from place in Gen.Int[0, 15]
        from after in Sometimes(15, Gen.Int[0, 24].Array[1, 2], [])
        select (Instance("", "", memory, vcpus, ssd ? "ssd" : "shared", state) with
        {
            DiskMib = disk,
            Policy = policy,
            Requirements = requirements,
        }, place, after);

    private static readonly Gen<(int First, int Count, int[] Instances, int[] Targets, int[] NotTargets, int[] NotInstances, bool IgnoreDependencies)> Requests =
        from first in Gen.Int[0, 7]
        from count in Gen.OneOf(1, 1, 2, 3)
        from instances in Sometimes(15, Gen.Int[0, 24].Array[1, 12], [])
        from targets in Sometimes(10, Gen.Int[0, 7].Array[1, 5], [])
        from notTargets in Sometimes(10, Gen.Int[0, 7].Array[1, 2], [])
        from notInstances in Sometimes(10, Gen.Int[0, 24].Array[1, 3], [])
        from ignoreDependencies in Often(15)
        select (first, count, instances, targets, notTargets, notInstances, ignoreDependencies);

    private static readonly Gen<PlannerOptions> Options =
        from memory in Gen.OneOf(0L, 512L)
        from vcpus in Gen.OneOf(1.0, 2.0, 16.0)
        from tries in Gen.OneOf(0, 25, 2_000)
        select new PlannerOptions { ReservedMemoryMib = memory, VcpuOvercommit = vcpus, RepairTries = tries, ExcludedClasses = "appliance" };

    // Nothing but memory, in pieces that rarely add up to what a host has, and not everyone may go everywhere: here it
    // matters who is put where.
    private static readonly Gen<PlanningCase> Jigsaws =
        from hosts in Gen.Select(Gen.Int[5, 12], Gen.Bool, Gen.Bool).Array[3, 5]
        from instances in Gen.Select(Gen.Int[2, 7], Gen.Int[0, 2], Gen.Frequency((3, Gen.Const(50)), (1, Gen.Const(80)))).Array[5, 12]
        from tries in Gen.OneOf(0, 0, 25)
        from newcomer in Gen.Select(Gen.Int[4, 12], Gen.Bool, Gen.Bool)
        from position in Gen.Int[0, 5]
        from shuffle in Gen.Int[0, 1000]
        select Build(
            [.. hosts.Select(Piece)],
            [.. instances.Select(each => (Instance("", "", each.Item1 * 256L, 1) with
            {
                Policy = new() { Priority = each.Item3, RequiredTraits = each.Item2 switch { 1 => ["left"], 2 => ["right"], _ => [] } },
            }, int.MaxValue, Array.Empty<int>()))],
            [], [], [], (0, 1, [], [], [], [], false),
            new PlannerOptions { ReservedMemoryMib = 0, RepairTries = tries, ExcludedClasses = "appliance" },
            Piece(newcomer) with { Name = $"node{position}-new" },
            shuffle);

    private static readonly Gen<PlanningCase> WithEverything =
        from hosts in Hosts.Array[2, 8]
        from instances in Instances.Array[0, 25]
        from reserved in Sometimes(50, Gen.Select(Gen.Int[0, 7], Gen.OneOf(512L, 1024L), Gen.OneOf(1, 2), Gen.Int[0, 24]).Array[1, 3], [])
        from refused in Sometimes(10, Gen.Select(Gen.Int[0, 7], Gen.Int[0, 24]).Array[1, 4], [])
        from stale in Sometimes(10, Gen.Select(Gen.Int[0, 7], Gen.Int[0, 24]).Array[1, 4], [])
        from request in Requests
        from options in Options
        from newcomer in Hosts
        from position in Gen.Int[0, 8]
        from shuffle in Gen.Int[0, 1000]
        select Build(hosts, instances, reserved, refused, stale, request, options, newcomer with { Name = $"node{position}-new" }, shuffle);

    public static readonly Gen<PlanningCase> Cases = Gen.Frequency((3, WithEverything), (1, Jigsaws));

    public static readonly Gen<PlanningCase> MostlyJigsaws = Gen.Frequency((1, WithEverything), (7, Jigsaws));

    private static PlanningCase Build(
        Host[] hosts,
        (Instance Instance, int Where, int[] After)[] drafts,
        (int Host, long MemoryMib, int Vcpus, int Instance)[] reserved,
        (int Host, int Instance)[] refused,
        (int Host, int Instance)[] stale,
        (int First, int Count, int[] Instances, int[] Targets, int[] NotTargets, int[] NotInstances, bool IgnoreDependencies) wanted,
        PlannerOptions options,
        Host newcomer,
        int shuffle)
    {
        Guid[] ids = [.. drafts.Select((_, number) => IdOf(InstanceName(number)))];
        var sources = Enumerable.Range(0, Math.Min(wanted.Count, hosts.Length - 1)).Select(step => (wanted.First + step) % hosts.Length).Distinct().ToArray();
        Instance[] instances = [.. drafts.Select((draft, number) => draft.Instance with
        {
            Id = ids[number],
            Name = InstanceName(number),
            Host = HostName(draft.Where < hosts.Length ? draft.Where : sources[draft.Where % sources.Length]),
            Policy = draft.Instance.Policy with { After = [.. Known(draft.After, ids.Length).Select(index => ids[index])] },
        })];
        Host[] named = [.. hosts.Select((host, number) => host with
        {
            Name = HostName(number),
            CachedImages = number % 3 == 0 ? new HashSet<string> { "debian" } : [],
            Domains = stale.Where(each => each.Host == number && each.Instance < ids.Length).Select(each => ids[each.Instance]).ToHashSet(),
        })];
        var reservations = reserved.Where(each => each.Host < hosts.Length)
            .Select(each => new Reservation(HostName(each.Host), each.Instance < ids.Length ? ids[each.Instance] : IdOf("elsewhere"), each.MemoryMib, each.Vcpus, each.MemoryMib / 4))
            // What another recovery moves is not asked for here.
            .Where(each => instances.FirstOrDefault(instance => instance.Id == each.Instance) is not { } promised || !sources.Select(HostName).Contains(promised.Host))
            .DistinctBy(each => each.Instance)
            .ToList();
        var empty = named.Select(host => host.Name)
            .Where(host => instances.All(instance => instance.Host != host) && reservations.All(reservation => reservation.Host != host));
        reservations.AddRange(empty.Skip(MostEmptyHosts).Select(host => new Reservation(host, IdOf($"filler of {host}"), 1, 1)).ToList());
        return new PlanningCase(
            new ClusterSnapshot(Noon, named, instances, reservations)
            {
                Refusals = [.. refused.Where(each => each.Host < hosts.Length && each.Instance < ids.Length)
                    .Distinct().Select(each => new DefinitionRefusal(ids[each.Instance], HostName(each.Host), "no such thing"))],
            },
            new PlanRequest(
                [.. sources.Select(HostName)],
                [.. Known(wanted.Instances, ids.Length).Select(index => ids[index])],
                [.. Known(wanted.Targets, hosts.Length).Select(HostName)])
            {
                ExcludedTargets = [.. Known(wanted.NotTargets, hosts.Length).Select(HostName)],
                ExcludedInstances = [.. Known(wanted.NotInstances, ids.Length).Select(index => ids[index])],
                IgnoreDependencies = wanted.IgnoreDependencies,
            },
            options,
            newcomer with { Liveness = HostLiveness.Up, Maintenance = false, Quarantined = false },
            shuffle);
    }

    private static Host Piece((int Memory, bool Left, bool Right) piece) => Host("", piece.Memory * 256, 64) with
    {
        Traits = new[] { (piece.Left, "left"), (piece.Right, "right") }.Where(trait => trait.Item1).Select(trait => trait.Item2).ToHashSet(),
    };

    private static IEnumerable<int> Known(int[] indexes, int count) => indexes.Where(index => index < count).Distinct();

    private static string HostName(int number) => $"node{number}";

    private static string InstanceName(int number) => $"vm{number:00}";

    private static Gen<bool> Often(int percent) => Gen.Int[1, 100].Select(number => number <= percent);

    private static Gen<T> Sometimes<T>(int percent, Gen<T> gen, T otherwise) =>
        Gen.Frequency((percent, gen), (100 - percent, Gen.Const(otherwise)));
}
