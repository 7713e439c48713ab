using System.Runtime.InteropServices;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// libvirt's C interface, as libvirt's headers declare it (9.0; nothing newer than 4.4 is used).
/// A negative number or an invalid handle is an error, told by <see cref="virGetLastError"/> on the same thread.
/// </summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "libvirt.so.0";
    private const string QemuLibrary = "libvirt-qemu.so.0";

    // ---- the library

    [LibraryImport(Library)]
    internal static partial int virInitialize();

    [LibraryImport(Library)]
    internal static partial int virEventRegisterDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventRunDefaultImpl();

    [LibraryImport(Library)]
    internal static partial int virEventAddTimeout(
        int milliseconds,
        delegate* unmanaged<int, nint, void> callback,
        nint opaque,
        delegate* unmanaged<nint, void> free);

    /// <summary>The thread's last error, owned by libvirt: valid until the thread's next call.</summary>
    [LibraryImport(Library)]
    internal static partial VirError* virGetLastError();

    [LibraryImport(Library)]
    internal static partial void virResetLastError();

    [LibraryImport(Library)]
    internal static partial void virSetErrorFunc(nint userData, delegate* unmanaged<nint, VirError*, void> handler);

    // ---- connections

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial ConnectHandle virConnectOpen(string uri);

    [LibraryImport(Library)]
    internal static partial int virConnectClose(nint connect);

    [LibraryImport(Library)]
    internal static partial int virConnectIsAlive(ConnectHandle connect);

    [LibraryImport(Library)]
    internal static partial int virConnectSetKeepAlive(ConnectHandle connect, int intervalSeconds, uint count);

    [LibraryImport(Library)]
    internal static partial int virConnectRegisterCloseCallback(
        ConnectHandle connect,
        delegate* unmanaged<nint, int, nint, void> callback,
        nint opaque,
        delegate* unmanaged<nint, void> free);

    [LibraryImport(Library)]
    internal static partial int virConnectUnregisterCloseCallback(
        ConnectHandle connect,
        delegate* unmanaged<nint, int, nint, void> callback);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventRegisterAny(
        ConnectHandle connect,
        nint domain,
        int eventId,
        nint callback,
        nint opaque,
        delegate* unmanaged<nint, void> free);

    [LibraryImport(Library)]
    internal static partial int virConnectDomainEventDeregisterAny(ConnectHandle connect, int callbackId);

    // ---- the host

    [LibraryImport(Library)]
    internal static partial nint virConnectGetCapabilities(ConnectHandle connect);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virConnectGetDomainCapabilities(
        ConnectHandle connect, string? emulator, string? architecture, string? machine, string? virtType, uint flags);

    /// <summary>The hypervisor's name, owned by libvirt.</summary>
    [LibraryImport(Library)]
    internal static partial nint virConnectGetType(ConnectHandle connect);

    [LibraryImport(Library)]
    internal static partial int virConnectGetVersion(ConnectHandle connect, out CULong version);

    [LibraryImport(Library)]
    internal static partial int virConnectGetLibVersion(ConnectHandle connect, out CULong version);

    [LibraryImport(Library)]
    internal static partial int virNodeGetInfo(ConnectHandle connect, out VirNodeInfo info);

    /// <summary>0: incompatible; 1: identical; 2: the host has more; negative: an error.</summary>
    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virConnectCompareHypervisorCPU(
        ConnectHandle connect, string? emulator, string? architecture, string? machine, string? virtType, string cpuXml, uint flags);

    /// <summary>How many counts were written: one for each page size of each cell.</summary>
    [LibraryImport(Library)]
    internal static partial int virNodeGetFreePages(
        ConnectHandle connect, uint sizeCount, uint* sizesKib, int firstCell, uint cellCount, ulong* counts, uint flags);

    // ---- domains

    [LibraryImport(Library)]
    internal static partial int virConnectListAllDomains(ConnectHandle connect, out nint* domains, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByUUIDString(ConnectHandle connect, string uuid);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainLookupByName(ConnectHandle connect, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial DomainHandle virDomainDefineXMLFlags(ConnectHandle connect, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainFree(nint domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetUUIDString(DomainHandle domain, byte* buffer);

    [LibraryImport(Library, EntryPoint = "virDomainGetUUIDString")]
    internal static partial int virDomainGetUUIDStringOfBorrowed(nint domain, byte* buffer);

    /// <summary>The name, owned by the domain object.</summary>
    [LibraryImport(Library)]
    internal static partial nint virDomainGetName(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetState(DomainHandle domain, out int state, out int reason, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainIsActive(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainIsPersistent(DomainHandle domain);

    [LibraryImport(Library)]
    internal static partial int virDomainGetAutostart(DomainHandle domain, out int autostart);

    [LibraryImport(Library)]
    internal static partial int virDomainSetAutostart(DomainHandle domain, int autostart);

    [LibraryImport(Library)]
    internal static partial nint virDomainGetXMLDesc(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainGetBlockInfo(DomainHandle domain, string disk, out VirDomainBlockInfo info, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainCreateWithFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int virDomainAttachDeviceFlags(DomainHandle domain, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainDestroyFlags(DomainHandle domain, uint flags);

    [LibraryImport(Library)]
    internal static partial int virDomainUndefineFlags(DomainHandle domain, uint flags);

    /// <summary>The agent's answer as JSON, allocated for us; 0: an error, told as all others are.</summary>
    [LibraryImport(QemuLibrary, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint virDomainQemuAgentCommand(DomainHandle domain, string command, int timeoutSeconds, uint flags);

    // ---- networks

    [LibraryImport(Library)]
    internal static partial int virConnectListAllNetworks(ConnectHandle connect, out nint* networks, uint flags);

    /// <summary>The name, owned by the network object.</summary>
    [LibraryImport(Library)]
    internal static partial nint virNetworkGetName(nint network);

    [LibraryImport(Library)]
    internal static partial int virNetworkFree(nint network);

    // ---- secrets

    [LibraryImport(Library)]
    internal static partial int virConnectListAllSecrets(ConnectHandle connect, out nint* secrets, uint flags);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SecretHandle virSecretLookupByUsage(ConnectHandle connect, int usageType, string usageId);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial SecretHandle virSecretDefineXML(ConnectHandle connect, string xml, uint flags);

    [LibraryImport(Library)]
    internal static partial int virSecretSetValue(SecretHandle secret, byte* value, nuint length, uint flags);

    [LibraryImport(Library)]
    internal static partial int virSecretGetUsageType(SecretHandle secret);

    /// <summary>The usage id, owned by the secret object.</summary>
    [LibraryImport(Library)]
    internal static partial nint virSecretGetUsageID(SecretHandle secret);

    [LibraryImport(Library)]
    internal static partial int virSecretGetUUIDString(SecretHandle secret, byte* buffer);

    [LibraryImport(Library)]
    internal static partial int virSecretUndefine(SecretHandle secret);

    [LibraryImport(Library)]
    internal static partial int virSecretFree(nint secret);
}

/// <summary>The beginning of struct _virError; the rest is not read.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirError
{
    public int Code;
    public int Domain;
    public byte* Message;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct VirNodeInfo
{
    public fixed byte Model[32];
    public CULong MemoryKib;
    public uint Cpus;
    public uint Mhz;
    public uint Nodes;
    public uint Sockets;
    public uint Cores;
    public uint Threads;
}

[StructLayout(LayoutKind.Sequential)]
internal struct VirDomainBlockInfo
{
    public ulong Capacity;
    public ulong Allocation;
    public ulong Physical;
}
