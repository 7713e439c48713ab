namespace Recovery.Executor.Storage;

/// <summary>
/// QEMU's image lock, as block/file-posix.c lays it out: whoever uses a permission holds a shared lock on byte 100 +
/// its number, whoever forbids it to others holds one on byte 200 + its number. The kernel and a network file system
/// with locks carry them to every host.
/// </summary>
internal static class ImageLock
{
    private const long UsedBase = 100, ForbiddenBase = 200;
    private const int Write = 1, Resize = 3;

    /// <summary>Somebody writes the image now: a running guest, or a tool that changes it.</summary>
    /// <exception cref="PosixException">It can't be opened, or its file system has no locks.</exception>
    public static bool IsWritten(string path)
    {
        using var file = Posix.OpenForReading(path);
        return Posix.IsLocked(file, UsedBase + Write) || Posix.IsLocked(file, UsedBase + Resize);
    }

    /// <summary>Somebody relies on nobody writing the image: it backs another guest's disk, or is being copied.</summary>
    /// <exception cref="PosixException">It can't be opened, or its file system has no locks.</exception>
    public static bool IsHeldAgainstWriting(string path)
    {
        using var file = Posix.OpenForReading(path);
        return Posix.IsLocked(file, ForbiddenBase + Write);
    }
}
