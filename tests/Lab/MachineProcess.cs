namespace Recovery.Labs;

/// <summary>A living process of a machine of the lab.</summary>
/// <param name="Pid">As the machine that runs the lab numbers it.</param>
/// <param name="PidInside">As the lab's machine numbers it.</param>
/// <param name="Command">Its command line.</param>
public sealed record MachineProcess(int Pid, int PidInside, string Command)
{
    /// <summary>All processes whose process namespace is this one ("pid:[4026532201]"). A zombie holds nothing and doesn't count.</summary>
    internal static IReadOnlyList<MachineProcess> In(string processNamespace) =>
        [.. Directory.EnumerateDirectories("/proc")
            .Where(d => char.IsAsciiDigit(Path.GetFileName(d)[0]))
            .Select(d => Read(d, processNamespace))
            .OfType<MachineProcess>()
            .OrderBy(p => p.Pid)];

    private static MachineProcess? Read(string directory, string processNamespace)
    {
        try
        {
            if (new FileInfo($"{directory}/ns/pid").LinkTarget != processNamespace) return null;
            var status = File.ReadAllLines($"{directory}/status");
            if (Field(status, "State:").StartsWith('Z')) return null;
            var numbers = Field(status, "NSpid:").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            var command = File.ReadAllText($"{directory}/cmdline").Replace('\0', ' ').Trim();
            return new MachineProcess(int.Parse(numbers[0]), int.Parse(numbers[^1]), command.Length > 0 ? command : Field(status, "Name:"));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked.
        }
    }

    private static string Field(string[] status, string name) =>
        status.FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))?[name.Length..].Trim() ?? "";
}
