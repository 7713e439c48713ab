using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Recovery.Executor.Storage;

namespace Recovery.Executor.Fencing;

/// <summary>
/// Kills one process and sees it end, by a descriptor of it: its number may belong to another one by now. It has ended
/// when its last thread has, so that nothing of it writes any more.
/// </summary>
internal sealed unsafe partial class ProcessEnd : IDisposable
{
    private const string Library = "libc";
    private const nint PidfdSendSignal = 424, PidfdOpen = 434; // the same numbers on every architecture
    private const int Kill = 9, NoSuchProcess = 3;
    private const short Readable = 1;

    private readonly SafeFileHandle descriptor;

    private ProcessEnd(SafeFileHandle descriptor) => this.descriptor = descriptor;

    /// <summary>Sends SIGKILL.</summary>
    /// <returns>Null: it has ended already, and its number is nobody's or another one's.</returns>
    /// <exception cref="PosixException">The kernel refused.</exception>
    public static ProcessEnd? Begin(GuestProcess process)
    {
        var opened = syscall(PidfdOpen, process.Id, 0, 0, 0);
        if (opened < 0) return Marshal.GetLastPInvokeError() == NoSuchProcess ? null : throw PosixException.Last($"process {process.Id}");
        var descriptor = new SafeFileHandle(opened, ownsHandle: true);
        // With the descriptor open the number can't change its owner: now it is known whose it is.
        if (ProcessStat.Read($"/proc/{process.Id}/stat")?.StartedAt != process.StartedAt
            || (syscall(PidfdSendSignal, opened, Kill, 0, 0) < 0 && Marshal.GetLastPInvokeError() == NoSuchProcess))
        {
            descriptor.Dispose();
            return null;
        }
        return new ProcessEnd(descriptor);
    }

    /// <summary>Waits; blocks.</summary>
    /// <returns>False: it has not ended yet.</returns>
    public bool IsOver(TimeSpan patience)
    {
        var question = new Poll { Descriptor = (int)descriptor.DangerousGetHandle(), Events = Readable };
        return poll(&question, 1, (int)patience.TotalMilliseconds) > 0;
    }

    public void Dispose() => descriptor.Dispose();

    // Variadic in C; on the ABIs of x86-64 and arm64 Linux an integer argument is passed alike.
    [LibraryImport(Library, SetLastError = true)]
    private static partial nint syscall(nint number, nint first, nint second, nint third, nint fourth);

    [LibraryImport(Library, SetLastError = true)]
    private static partial int poll(Poll* questions, nuint count, int milliseconds);

    /// <summary>struct pollfd.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events;
        public short Answers;
    }
}
