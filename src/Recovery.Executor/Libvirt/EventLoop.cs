using System.Runtime.InteropServices;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// libvirt's own event loop, one per process: it carries domain events, close notices and keepalives, and also the
/// answers of calls that run meanwhile. It must be registered before the first connection is opened.
/// </summary>
internal static unsafe class EventLoop
{
    private static readonly Lock Gate = new();
    private static bool started;

    /// <summary>Starts the loop once; later calls do nothing. The thread lives as long as the process.</summary>
    public static void EnsureRunning()
    {
        lock (Gate)
        {
            if (started) return;
            // Without a handler libvirt prints every error on standard error, also those that we expect.
            NativeMethods.virSetErrorFunc(0, &Silence);
            if (NativeMethods.virInitialize() < 0) throw LibvirtException.Last();
            if (NativeMethods.virEventRegisterDefaultImpl() < 0) throw LibvirtException.Last();
            // A loop with nothing to wait for may sleep for ever, deaf to what is registered later.
            if (NativeMethods.virEventAddTimeout(1000, &Tick, 0, null) < 0) throw LibvirtException.Last();
            new Thread(Run) { IsBackground = true, Name = "libvirt events" }.Start();
            started = true;
        }
    }

    private static void Run()
    {
        while (true)
        {
            // The default implementation fails only when poll does; it says so and the next round tries again.
            if (NativeMethods.virEventRunDefaultImpl() < 0) NativeMethods.virResetLastError();
        }
    }

    [UnmanagedCallersOnly]
    private static void Silence(nint userData, VirError* error) { }

    [UnmanagedCallersOnly]
    private static void Tick(int timer, nint opaque) { }
}
