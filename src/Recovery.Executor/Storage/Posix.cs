using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recovery.Executor.Storage;

/// <summary>
/// What .NET's file API can't do: open without any lock of its own (FileStream takes flock, which NFS turns into a
/// lock of the whole file that QEMU's start would trip over), resolve links as the kernel does, and ask for locks.
/// </summary>
internal static unsafe partial class Posix
{
    private const string Library = "libc";
    private const int ReadOnly = 0, NonBlocking = 0x800, CloseOnExec = 0x80000, NoControllingTerminal = 0x100;
    private const int GetOpenFileLock = 36; // F_OFD_GETLK
    private const short WriteLock = 1, Unlocked = 2; // F_WRLCK, F_UNLCK

    internal const int NoSuchFile = 2, PermissionDenied = 13, NotADirectory = 20;

    /// <summary>Opens for reading only; creates nothing, changes nothing, locks nothing.</summary>
    /// <exception cref="PosixException">open(2) failed.</exception>
    internal static SafeFileHandle OpenForReading(string path)
    {
        // Non-blocking, or a FIFO under this name would hold us for ever.
        var descriptor = open(path, ReadOnly | NonBlocking | CloseOnExec | NoControllingTerminal);
        return descriptor < 0 ? throw PosixException.Last(path) : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>The canonical absolute path, every link resolved (realpath(3)).</summary>
    /// <exception cref="PosixException">Some part of it does not exist or can't be entered.</exception>
    internal static string RealPath(string path)
    {
        var resolved = realpath(path, null);
        if (resolved == 0) throw PosixException.Last(path);
        try { return Marshal.PtrToStringUTF8(resolved)!; }
        finally { NativeMemory.Free((void*)resolved); }
    }

    /// <summary>Whether any process, on this host or over the network file system, holds a lock on this byte.</summary>
    /// <exception cref="PosixException">fcntl(2) failed: the file system has no locks.</exception>
    internal static bool IsLocked(SafeFileHandle file, long offset)
    {
        var request = new FileLock { Type = WriteLock, Start = offset, Length = 1 };
        if (fcntl(file, GetOpenFileLock, &request) < 0) throw PosixException.Last("a lock");
        return request.Type != Unlocked;
    }

    /// <summary>Size and free space that ordinary users can have, in bytes (statvfs(3)).</summary>
    /// <exception cref="PosixException">statvfs failed.</exception>
    internal static (ulong Size, ulong Free) Space(string path)
    {
        FileSystem system;
        if (statvfs(path, &system) < 0) throw PosixException.Last(path);
        return (system.Blocks * system.FragmentSize, system.AvailableBlocks * system.FragmentSize);
    }

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int open(string path, int flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial nint realpath(string path, byte* resolved);

    // Variadic in C; on the ABIs of x86-64 and arm64 Linux an integer or pointer argument is passed alike.
    [LibraryImport(Library, SetLastError = true)]
    private static partial int fcntl(SafeFileHandle file, int command, FileLock* argument);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int statvfs(string path, FileSystem* result);

    /// <summary>struct flock of 64-bit Linux.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct FileLock
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    /// <summary>The beginning of struct statvfs of 64-bit Linux (112 bytes).</summary>
    [StructLayout(LayoutKind.Sequential, Size = 112)]
    private struct FileSystem
    {
        public ulong BlockSize;
        public ulong FragmentSize;
        public ulong Blocks;
        public ulong FreeBlocks;
        public ulong AvailableBlocks;
    }
}

/// <summary>A system call's error number and the kernel's words for it.</summary>
internal sealed class PosixException(int number, string path) : IOException($"{path}: {Marshal.GetPInvokeErrorMessage(number)}")
{
    public int Number { get; } = number;

    /// <summary>The kernel's words alone: "No such file or directory".</summary>
    public string Reason { get; } = Marshal.GetPInvokeErrorMessage(number);

    public bool IsMissing => Number is Posix.NoSuchFile or Posix.NotADirectory;

    internal static PosixException Last(string path) => new(Marshal.GetLastPInvokeError(), path);
}
