using System.Globalization;

namespace Recovery.Executor.Watching;

/// <summary>The size of huge pages that a definition gets when it names none.</summary>
internal static class HugePageSize
{
    private const uint UsualKib = 2048;

    /// <summary>In KiB, as the kernel says ("Hugepagesize: 2048 kB").</summary>
    public static uint OfHost(string memoryFile = "/proc/meminfo")
    {
        var line = File.Exists(memoryFile) ? File.ReadLines(memoryFile).FirstOrDefault(line => line.StartsWith("Hugepagesize:", StringComparison.Ordinal)) : null;
        var words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length > 1 && uint.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out var size) && size > 0 ? size : UsualKib;
    }
}
