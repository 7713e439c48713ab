namespace Recovery.Executor.Libvirt;

/// <summary>A reference to one domain. Every question goes to libvirt; nothing is remembered here.</summary>
internal sealed unsafe class LibvirtDomain : IDisposable
{
    private const uint XmlSecure = 1, XmlInactive = 2;
    private const uint StartPaused = 1;
    private const uint AffectLive = 1;
    private const uint UndefineKeepNvram = 8;

    private readonly DomainHandle handle;

    private LibvirtDomain(DomainHandle handle)
    {
        this.handle = handle;
        Uuid = NativeText.Uuid(buffer => NativeMethods.virDomainGetUUIDString(handle, buffer));
        Name = NativeText.Borrowed(NativeMethods.virDomainGetName(handle));
    }

    /// <summary>Lower case, with dashes.</summary>
    public string Uuid { get; }

    public string Name { get; }

    /// <summary>The domain of this UUID, or null (virDomainLookupByUUIDString).</summary>
    public static LibvirtDomain? FindByUuid(LibvirtConnection connection, string uuid) =>
        Found(NativeMethods.virDomainLookupByUUIDString(connection.Handle, uuid));

    /// <summary>The domain of this name, or null (virDomainLookupByName).</summary>
    public static LibvirtDomain? FindByName(LibvirtConnection connection, string name) =>
        Found(NativeMethods.virDomainLookupByName(connection.Handle, name));

    /// <summary>All domains, running or not (virConnectListAllDomains). The caller disposes them.</summary>
    public static IReadOnlyList<LibvirtDomain> All(LibvirtConnection connection)
    {
        var count = NativeMethods.virConnectListAllDomains(connection.Handle, out var array, 0);
        return count < 0 ? throw LibvirtException.Last() : NativeArray.Take(array, count, owned => new LibvirtDomain(new DomainHandle(owned)));
    }

    /// <summary>Defines persistently; an existing domain of this UUID and name gets the new definition (virDomainDefineXMLFlags).</summary>
    public static LibvirtDomain Define(LibvirtConnection connection, string xml)
    {
        var handle = NativeMethods.virDomainDefineXMLFlags(connection.Handle, xml, 0);
        return handle.IsInvalid ? throw LibvirtException.Last() : new LibvirtDomain(handle);
    }

    public LibvirtState State()
    {
        Check(NativeMethods.virDomainGetState(handle, out var state, out var reason, 0));
        return new LibvirtState((StateKind)state, reason);
    }

    public bool IsActive() => Check(NativeMethods.virDomainIsActive(handle)) == 1;

    public bool IsPersistent() => Check(NativeMethods.virDomainIsPersistent(handle)) == 1;

    public bool Autostart()
    {
        Check(NativeMethods.virDomainGetAutostart(handle, out var autostart));
        return autostart == 1;
    }

    /// <summary>Whether libvirt itself starts it with its host; only a persistent domain can be (virDomainSetAutostart).</summary>
    public void SetAutostart(bool autostart) => Check(NativeMethods.virDomainSetAutostart(handle, autostart ? 1 : 0));

    /// <summary>
    /// Returns when the guest's own agent answered. libvirt first makes sure that agent and libvirt understand each
    /// other, so an agent that hangs may take some seconds more than <paramref name="patienceSeconds"/>.
    /// </summary>
    /// <exception cref="LibvirtException">It did not answer (virDomainQemuAgentCommand).</exception>
    public void PingAgent(int patienceSeconds)
    {
        var answer = NativeMethods.virDomainQemuAgentCommand(handle, """{"execute":"guest-ping"}""", patienceSeconds, 0);
        if (answer == 0) throw LibvirtException.Last();
        NativeText.Owned(answer);
    }

    /// <summary>The definition that the next start would use, without passwords.</summary>
    public string InactiveXml() => Xml(XmlInactive);

    /// <summary>The same with the passwords of its consoles, which must not leave this host.</summary>
    public string InactiveXmlWithPasswords() => Xml(XmlInactive | XmlSecure);

    /// <summary>What runs now, without passwords; of a domain that is off, its definition.</summary>
    public string LiveXml() => Xml(0);

    /// <summary>The virtual size of a disk in bytes, or null when libvirt can't tell (virDomainGetBlockInfo).</summary>
    public ulong? BlockSize(string diskTarget)
    {
        if (NativeMethods.virDomainGetBlockInfo(handle, diskTarget, out var info, 0) >= 0) return info.Capacity;
        var failure = LibvirtException.Last();
        return failure.ConnectionLost ? throw failure : null;
    }

    public void Start(bool paused) => Check(NativeMethods.virDomainCreateWithFlags(handle, paused ? StartPaused : 0));

    /// <summary>Plugs a device into the running guest only; the definition stays.</summary>
    public void AttachLive(string deviceXml) => Check(NativeMethods.virDomainAttachDeviceFlags(handle, deviceXml, AffectLive));

    /// <summary>Ends QEMU at once, as pulling the plug.</summary>
    public void Destroy() => Check(NativeMethods.virDomainDestroyFlags(handle, 0));

    /// <summary>Takes away the definition; storage and NVRAM stay.</summary>
    public void Undefine()
    {
        if (NativeMethods.virDomainUndefineFlags(handle, UndefineKeepNvram) >= 0) return;
        var failure = LibvirtException.Last();
        // Drivers without NVRAM (test:///) don't know the flag, and have nothing that could be lost.
        if (failure.Code is not (LibvirtErrorCode.ArgumentUnsupported or LibvirtErrorCode.NoSupport) && !IsFlagUnknown(failure)) throw failure;
        Check(NativeMethods.virDomainUndefineFlags(handle, 0));
    }

    public void Dispose() => handle.Dispose();

    private static bool IsFlagUnknown(LibvirtException failure) => failure.Message.Contains("unsupported flags", StringComparison.Ordinal);

    private string Xml(uint flags)
    {
        var text = NativeMethods.virDomainGetXMLDesc(handle, flags);
        return text == 0 ? throw LibvirtException.Last() : NativeText.Owned(text);
    }

    private static LibvirtDomain? Found(DomainHandle handle)
    {
        if (!handle.IsInvalid) return new LibvirtDomain(handle);
        var failure = LibvirtException.Last();
        return failure.Code == LibvirtErrorCode.NoDomain ? null : throw failure;
    }

    private static int Check(int result) => result < 0 ? throw LibvirtException.Last() : result;
}
