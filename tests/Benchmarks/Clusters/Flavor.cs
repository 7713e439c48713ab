namespace Recovery.Benchmarks.Clusters;

/// <summary>A size that instances come in, or the room for them.</summary>
internal readonly record struct Flavor(long MemoryMib, int Vcpus)
{
    /// <summary>What a private cloud runs; named as often as they occur. Twenty of them fill 55 to 70 % of 384 to 512 GiB.</summary>
    public static readonly IReadOnlyList<Flavor> Common =
    [
        new(1024, 1), new(2048, 1), new(2048, 2), new(4096, 2), new(4096, 4), new(8192, 2), new(8192, 4), new(8192, 4),
        new(16384, 4), new(16384, 4), new(16384, 8), new(16384, 8), new(24576, 6), new(24576, 8), new(32768, 8), new(32768, 16),
        new(32768, 16),
    ];

    /// <summary>Sizes that leave gaps: few of them add up to a round number.</summary>
    public static readonly IReadOnlyList<Flavor> Awkward =
    [
        new(1280, 1), new(1792, 1), new(2304, 1), new(2816, 2), new(3328, 1), new(3840, 2), new(4352, 3), new(4864, 2), new(5632, 3),
        new(6144, 4), new(6912, 4), new(7424, 2), new(8448, 3), new(9472, 4), new(11008, 6), new(13568, 4), new(15104, 8),
        new(18688, 6), new(22784, 12),
    ];
}
