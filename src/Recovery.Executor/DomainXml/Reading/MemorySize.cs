using System.Globalization;
using System.Numerics;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Reading;

/// <summary>libvirt's memory sizes: KiB unless a unit is named; "KB" is 1000 bytes, "K" and "KiB" are 1024 (virScaleInteger).</summary>
internal static class MemorySize
{
    private static readonly BigInteger MiB = 1024 * 1024;

    private static readonly BigInteger KiB = 1024;

    /// <summary>Rounded up.</summary>
    /// <exception cref="DomainXmlException">Missing, malformed or impossibly large.</exception>
    public static ulong ToMiB(XElement? memory) => memory is null
        ? throw new DomainXmlException("The domain has no <memory>, so it can't be told whether it fits.")
        : In(MiB, memory);

    /// <summary>Rounded up.</summary>
    /// <exception cref="DomainXmlException">Malformed or impossibly large.</exception>
    public static ulong ToKiB(XElement memory) => In(KiB, memory);

    private static ulong In(BigInteger wanted, XElement memory)
    {
        var unit = memory.Get("unit") ?? "KiB";
        if (!ulong.TryParse(memory.Value.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || Bytes(unit) is not { } size)
        {
            throw new DomainXmlException($"The memory size {Sentence.Quote(memory.Value)} in unit {Sentence.Quote(unit)} can't be read.");
        }

        var amount = (count * size + wanted - 1) / wanted;
        return amount <= ulong.MaxValue ? (ulong)amount : throw new DomainXmlException($"The memory size {Sentence.Quote(memory.Value)} in unit {Sentence.Quote(unit)} is impossibly large.");
    }

    private static BigInteger? Bytes(string unit)
    {
        if (unit.Equals("b", StringComparison.OrdinalIgnoreCase) || unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || unit.Length == 0)
        {
            return 1;
        }

        var power = "kmgtpe".IndexOf(char.ToLowerInvariant(unit[0]), StringComparison.Ordinal) + 1;
        return (power, unit[1..].ToLowerInvariant()) switch
        {
            (0, _) => null,
            (_, "" or "ib") => BigInteger.Pow(1024, power),
            (_, "b") => BigInteger.Pow(1000, power),
            _ => null,
        };
    }
}
