namespace Recovery.Executor.Watching;

/// <summary>
/// Tells one boot of this host from the next: a stamp on a file system that a reboot clears. The kernel's own boot id is
/// in it too, for a directory that outlasts reboots after all; alone it would not do, since hosts that are namespaces of
/// one machine share it.
/// </summary>
internal static class BootStamp
{
    public const string Name = "boot";
    private const string KernelBootId = "/proc/sys/kernel/random/boot_id";

    /// <summary>The id of this boot; a new one when there is no stamp, or one of another boot.</summary>
    /// <param name="directory">Created when missing; cleared by a reboot.</param>
    /// <param name="kernelFile">Where the kernel tells its boot id.</param>
    /// <exception cref="IOException">There can't be a stamp.</exception>
    /// <exception cref="UnauthorizedAccessException">There can't be a stamp.</exception>
    public static string Read(string directory, string kernelFile = KernelBootId)
    {
        var kernel = File.Exists(kernelFile) ? File.ReadAllText(kernelFile).Trim() : "";
        var path = Path.Combine(directory, Name);
        var stamp = File.Exists(path) ? File.ReadAllText(path).Split('\n') : [];
        if (stamp is [var known, var boot, ..] && boot == kernel && Guid.TryParseExact(known, "D", out _)) return known;

        var id = Guid.NewGuid().ToString("D");
        Directory.CreateDirectory(directory);
        var next = path + ".next";
        File.WriteAllText(next, $"{id}\n{kernel}\n");
        File.Move(next, path, overwrite: true);
        return id;
    }
}
