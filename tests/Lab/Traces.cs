namespace Recovery.Labs;

/// <summary>All that can be found of a lab on this machine: what `down` must take away.</summary>
public static class Traces
{
    public static IReadOnlyList<string> Of(string lab, int subnet) =>
    [
        .. Entries("/run/netns").Where(n => n.StartsWith($"rlab-{lab}-", StringComparison.Ordinal)).Select(n => $"namespace {n}"),
        .. Entries("/sys/class/net").Where(n => n.StartsWith($"rlab{subnet}", StringComparison.Ordinal)).Select(n => $"interface {n}"),
        .. Entries("/var/lib").Where(n => n == $"recovery-lab-{lab}-control-plane").Select(n => $"directory {n}"),
        .. Entries(LabState.Root).Where(n => n == lab).Select(n => $"state {n}"),
        .. Entries("/proc").Where(n => char.IsAsciiDigit(n[0])).SelectMany(pid => OfProcess(pid, $"/recovery-lab/{lab}")),
    ];

    // Every process sees the mounts of its own mount namespace, so that all namespaces with a process in them are looked at.
    private static IEnumerable<string> OfProcess(string pid, string mark)
    {
        var command = Read($"/proc/{pid}/cmdline").Replace('\0', ' ').Trim();
        if (command.Contains(mark, StringComparison.Ordinal)) yield return $"process {pid} {command}";
        foreach (var mount in Read($"/proc/{pid}/mountinfo").Split('\n').Where(m => m.Contains(mark, StringComparison.Ordinal)))
            yield return $"mount of process {pid} {mount}";
    }

    private static string Read(string file)
    {
        try
        {
            return File.ReadAllText(file);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    private static IEnumerable<string> Entries(string directory) => Directory.Exists(directory)
        ? Directory.EnumerateFileSystemEntries(directory).Select(f => Path.GetFileName(f))
        : [];
}
