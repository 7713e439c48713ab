using System.Runtime.InteropServices;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// One open connection to libvirt. Its calls block; callers run them on the thread pool. When it breaks,
/// <see cref="Closed"/> completes and it stays broken: <see cref="LibvirtSession"/> opens the next one.
/// </summary>
internal sealed unsafe class LibvirtConnection : IDisposable
{
    private const int LifecycleEvent = 0;
    private const int DeviceRemovedEvent = 15;
    private const int DeviceAddedEvent = 19;
    private const int MetadataChangeEvent = 23;

    // Fifteen seconds of silence are a broken connection: libvirtd answers keepalives even when it is busy.
    private const int KeepAliveSeconds = 5;
    private const int KeepAliveCount = 3;

    private readonly TaskCompletionSource<string> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Action<DomainEvent> onEvent;
    private readonly List<int> callbacks = [];

    private LibvirtConnection(ConnectHandle handle, Action<DomainEvent> onEvent) => (Handle, this.onEvent) = (handle, onEvent);

    internal ConnectHandle Handle { get; }

    /// <summary>Completes with the reason when the connection breaks.</summary>
    public Task<string> Closed => closed.Task;

    /// <summary>Opens a connection and subscribes to the events of all domains.</summary>
    /// <param name="uri">A libvirt URI such as qemu:///system.</param>
    /// <param name="onEvent">Called on libvirt's event thread: must neither block nor call libvirt.</param>
    /// <exception cref="LibvirtException">libvirt can't be reached (virConnectOpen).</exception>
    public static LibvirtConnection Open(string uri, Action<DomainEvent> onEvent)
    {
        EventLoop.EnsureRunning();
        var handle = NativeMethods.virConnectOpen(uri);
        if (handle.IsInvalid) throw LibvirtException.Last();
        var connection = new LibvirtConnection(handle, onEvent);
        try
        {
            connection.WatchForLoss();
            connection.Subscribe(LifecycleEvent, (nint)(delegate* unmanaged<nint, nint, int, int, nint, int>)&OnLifecycle);
            connection.Subscribe(DeviceAddedEvent, (nint)(delegate* unmanaged<nint, nint, nint, nint, void>)&OnDevice);
            connection.Subscribe(DeviceRemovedEvent, (nint)(delegate* unmanaged<nint, nint, nint, nint, void>)&OnDevice);
            connection.Subscribe(MetadataChangeEvent, (nint)(delegate* unmanaged<nint, nint, int, nint, nint, void>)&OnMetadata);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public bool IsAlive => NativeMethods.virConnectIsAlive(Handle) == 1;

    public void Dispose()
    {
        foreach (var callback in callbacks) NativeMethods.virConnectDomainEventDeregisterAny(Handle, callback);
        NativeMethods.virConnectUnregisterCloseCallback(Handle, &OnClosed);
        closed.TrySetResult("the executor closed the connection");
        Handle.Dispose();
        NativeMethods.virResetLastError();
    }

    private void WatchForLoss()
    {
        // Drivers inside this process (test:///) have no connection that could break: no keepalive, no notice.
        if (NativeMethods.virConnectSetKeepAlive(Handle, KeepAliveSeconds, KeepAliveCount) < 0) NativeMethods.virResetLastError();
        var self = (nint)GCHandle.Alloc(this);
        if (NativeMethods.virConnectRegisterCloseCallback(Handle, &OnClosed, self, &Release) >= 0) return;
        GCHandle.FromIntPtr(self).Free();
        NativeMethods.virResetLastError();
    }

    private void Subscribe(int eventId, nint callback)
    {
        var self = (nint)GCHandle.Alloc(this);
        var id = NativeMethods.virConnectDomainEventRegisterAny(Handle, 0, eventId, callback, self, &Release);
        if (id >= 0)
        {
            callbacks.Add(id);
            return;
        }
        var failure = LibvirtException.Last();
        GCHandle.FromIntPtr(self).Free();
        throw failure;
    }

    private static LibvirtConnection Self(nint opaque) => (LibvirtConnection)GCHandle.FromIntPtr(opaque).Target!;

    // libvirt lends the domain for the time of the callback.
    private static string UuidOf(nint domain)
    {
        var buffer = stackalloc byte[37];
        return NativeMethods.virDomainGetUUIDStringOfBorrowed(domain, buffer) < 0 ? "" : NativeText.Borrowed((nint)buffer);
    }

    [UnmanagedCallersOnly]
    private static int OnLifecycle(nint connect, nint domain, int @event, int detail, nint opaque)
    {
        const int started = 2, shutdown = 6, byHost = 2;
        var kind = @event switch
        {
            started => DomainEventKind.Started,
            shutdown when detail == byHost => DomainEventKind.EndedByHost,
            _ => DomainEventKind.Changed,
        };
        Self(opaque).onEvent(new DomainEvent(UuidOf(domain), kind));
        return 0;
    }

    [UnmanagedCallersOnly]
    private static void OnDevice(nint connect, nint domain, nint alias, nint opaque) =>
        Self(opaque).onEvent(new DomainEvent(UuidOf(domain), DomainEventKind.Changed));

    // The owner's wishes are in it.
    [UnmanagedCallersOnly]
    private static void OnMetadata(nint connect, nint domain, int type, nint uri, nint opaque) =>
        Self(opaque).onEvent(new DomainEvent(UuidOf(domain), DomainEventKind.Changed));

    [UnmanagedCallersOnly]
    private static void OnClosed(nint connect, int reason, nint opaque) =>
        Self(opaque).closed.TrySetResult(reason switch
        {
            1 => "libvirtd closed the connection",
            2 => "libvirtd did not answer keepalives",
            3 => "the executor closed the connection",
            _ => "the connection to libvirtd broke",
        });

    [UnmanagedCallersOnly]
    private static void Release(nint opaque) => GCHandle.FromIntPtr(opaque).Free();
}
