namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>Sockets, cores and threads as nova/virt/hardware.py chooses them: near to what flavor and image wish, sockets before cores.</summary>
internal sealed record CpuTopology(int Sockets, int Cores, int Threads)
{
    private const int NoLimit = 65536;

    /// <returns>Null: the limits leave no way to have so many processors.</returns>
    public static CpuTopology? Choose(int vcpus, Flavor flavor, ImageProperties image)
    {
        var limits = (Sockets: Most("sockets"), Cores: Most("cores"), Threads: Most("threads"));
        var most = (Sockets: Math.Min(vcpus, limits.Sockets), Cores: Math.Min(vcpus, limits.Cores), Threads: Math.Min(vcpus, limits.Threads));
        var ofImage = Wish(image.Number, "hw_cpu_");
        var ofFlavor = Wish(flavor.ExtraNumber, "hw:cpu_");
        // Whoever of them names any speaks for all three; a flavor that wishes beyond the limits is not heard.
        var wish = ofImage is not (null, null, null) ? ofImage
            : ofFlavor.Sockets > limits.Sockets || ofFlavor.Cores > limits.Cores || ofFlavor.Threads > limits.Threads ? (null, null, null)
            : ofFlavor;
        return Possible(vcpus, most)
            .OrderByDescending(each => Score(each, wish))
            .ThenByDescending(each => each.Sockets * each.Cores)
            .ThenByDescending(each => each.Sockets)
            .ThenByDescending(each => each.Threads)
            .FirstOrDefault();

        int Most(string part) => image.Number("hw_cpu_max_" + part) ?? flavor.ExtraNumber("hw:cpu_max_" + part) ?? NoLimit;
    }

    private static (int? Sockets, int? Cores, int? Threads) Wish(Func<string, int?> of, string prefix) =>
        (of(prefix + "sockets"), of(prefix + "cores"), of(prefix + "threads"));

    private static IEnumerable<CpuTopology> Possible(int vcpus, (int Sockets, int Cores, int Threads) most) =>
        from sockets in Enumerable.Range(1, most.Sockets)
        where vcpus % sockets == 0
        from cores in Enumerable.Range(1, most.Cores)
        where vcpus / sockets % cores == 0
        let threads = vcpus / sockets / cores
        where threads <= most.Threads
        select new CpuTopology(sockets, cores, threads);

    private static int Score(CpuTopology topology, (int? Sockets, int? Cores, int? Threads) wish) =>
        (wish.Sockets == topology.Sockets ? 1 : 0) + (wish.Cores == topology.Cores ? 1 : 0) + (wish.Threads == topology.Threads ? 1 : 0);
}
