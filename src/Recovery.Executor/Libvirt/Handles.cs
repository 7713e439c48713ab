using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Recovery.Executor.Libvirt;

/// <summary>A virConnectPtr; closing drops one reference, the last one hangs up.</summary>
internal sealed class ConnectHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.virConnectClose(handle) >= 0;
}

/// <summary>A virDomainPtr: a reference to a domain, not the domain.</summary>
internal sealed class DomainHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public DomainHandle() : base(ownsHandle: true) { }

    internal DomainHandle(nint owned) : base(ownsHandle: true) => SetHandle(owned);

    protected override bool ReleaseHandle() => NativeMethods.virDomainFree(handle) == 0;
}

/// <summary>A virSecretPtr: a reference to a secret, not the secret.</summary>
internal sealed class SecretHandle : SafeHandleZeroOrMinusOneIsInvalid
{
    public SecretHandle() : base(ownsHandle: true) { }

    internal SecretHandle(nint owned) : base(ownsHandle: true) => SetHandle(owned);

    protected override bool ReleaseHandle() => NativeMethods.virSecretFree(handle) == 0;
}

/// <summary>Strings that cross the border.</summary>
internal static unsafe class NativeText
{
    /// <summary>A string that libvirt keeps.</summary>
    internal static string Borrowed(nint text) => Marshal.PtrToStringUTF8(text) ?? "";

    /// <summary>A string that libvirt allocated for us (with malloc).</summary>
    internal static string Owned(nint text)
    {
        try { return Borrowed(text); }
        finally { NativeMemory.Free((void*)text); }
    }

    /// <summary>The 36 characters of a UUID that <paramref name="read"/> writes (VIR_UUID_STRING_BUFLEN is 37).</summary>
    internal static string Uuid(ReadUuid read)
    {
        var buffer = stackalloc byte[37];
        return read(buffer) < 0 ? throw LibvirtException.Last() : Borrowed((nint)buffer);
    }

    internal delegate int ReadUuid(byte* buffer);
}
