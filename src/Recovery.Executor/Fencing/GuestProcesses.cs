using System.Globalization;
using System.Text;

namespace Recovery.Executor.Fencing;

/// <summary>
/// The guests of this host as /proc shows them, whatever libvirt knows. Only those of the executor's own PID namespace:
/// others belong to hosts inside this one.
/// </summary>
internal sealed class GuestProcesses(string proc = "/proc")
{
    // The kernel gives the first PID namespace this inode (PROC_PID_INIT_INO).
    private const string FirstNamespace = "pid:[4026531836]";
    private const string Deleted = " (deleted)";

    /// <summary>The executor is in the machine's first PID namespace, where every process can be seen.</summary>
    public bool SeesEverything => Link("self/ns/pid") == FirstNamespace;

    /// <summary>Blocks, and may hang where a process hangs in the kernel.</summary>
    /// <exception cref="IOException">/proc can't be read.</exception>
    public IReadOnlyList<GuestProcess> Find()
    {
        var own = Link("self/ns/pid");
        var found = new List<GuestProcess>();
        foreach (var directory in Directory.EnumerateDirectories(proc))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id)) continue;
            if (Link($"{id}/ns/pid") == own && Look(id) is { } guest) found.Add(guest);
        }
        return found;
    }

    private GuestProcess? Look(int id)
    {
        try
        {
            if (ProcessStat.Read($"{proc}/{id}/stat") is not { } stat) return null;
            // A leader that is dead has no program and no command line any more; its threads hold its files.
            if (stat.State is 'Z' or 'X')
                return stat.Threads > 1 && IsQemu(stat.Command) ? new GuestProcess(id, stat.StartedAt, "", "", stat.Command, IsQemu: true, IsEnding: true) : null;
            var words = Encoding.UTF8.GetString(File.ReadAllBytes($"{proc}/{id}/cmdline")).Split('\0');
            var (name, uuid) = (Guest(After(words, "-name")), After(words, "-uuid"));
            uuid = Guid.TryParse(uuid, out var parsed) ? parsed.ToString("D") : "";
            var program = Program(id);
            // QEMU is also run for a moment to ask it what it can: that one has neither name nor UUID.
            if (IsQemu(program) && (name.Length > 0 || uuid.Length > 0)) return new GuestProcess(id, stat.StartedAt, name, uuid, program, IsQemu: true, IsEnding: false);
            // An emulator by another name: libvirt gives each guest both.
            return name.Length > 0 && uuid.Length > 0 ? new GuestProcess(id, stat.StartedAt, name, uuid, program, IsQemu: false, IsEnding: false) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while we looked.
        }
    }

    private static bool IsQemu(string program) => program.StartsWith("qemu-system-", StringComparison.Ordinal) || program is "qemu-kvm" or "kvm";

    // "guest=web1,debug-threads=on"
    private static string Guest(string name) =>
        name.Split(',').FirstOrDefault(part => part.StartsWith("guest=", StringComparison.Ordinal)) is { } part ? part["guest=".Length..] : "";

    private static string After(string[] words, string option) =>
        Array.IndexOf(words, option) is var at && at >= 0 && at + 1 < words.Length ? words[at + 1] : "";

    private string Program(int id)
    {
        var path = Link($"{id}/exe");
        return Path.GetFileName(path.EndsWith(Deleted, StringComparison.Ordinal) ? path[..^Deleted.Length] : path);
    }

    private string Link(string path)
    {
        try
        {
            return new FileInfo($"{proc}/{path}").LinkTarget ?? "";
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

/// <summary>What /proc/ID/stat says.</summary>
/// <param name="Command">At most 15 characters: <c>qemu-system-x86</c>.</param>
/// <param name="State">R, S, D, Z…</param>
internal sealed record ProcessStat(string Command, char State, int Threads, ulong StartedAt)
{
    /// <returns>Null when there is no such process.</returns>
    public static ProcessStat? Read(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            var (begin, end) = (text.IndexOf('('), text.LastIndexOf(')'));
            var fields = text[(end + 2)..].Split(' '); // from field 3 on
            return new ProcessStat(
                text[(begin + 1)..end], fields[0][0], int.Parse(fields[17], CultureInfo.InvariantCulture), ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
