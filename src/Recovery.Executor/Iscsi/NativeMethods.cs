using System.Runtime.InteropServices;

namespace Recovery.Executor.Iscsi;

/// <summary>libiscsi's C interface (iscsi/iscsi.h of 1.19), the asynchronous half: it never blocks, we poll.</summary>
internal static unsafe partial class NativeMethods
{
    private const string Library = "libiscsi.so.7";

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial IscsiHandle iscsi_create_context(string initiatorName);

    /// <summary>Hangs up, and calls the callbacks of what is in flight.</summary>
    [LibraryImport(Library)]
    internal static partial int iscsi_destroy_context(nint context);

    [LibraryImport(Library)]
    internal static partial int iscsi_set_session_type(IscsiHandle context, int type);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int iscsi_set_targetname(IscsiHandle context, string name);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int iscsi_set_initiator_username_pwd(IscsiHandle context, string user, string password);

    [LibraryImport(Library)]
    internal static partial void iscsi_set_noautoreconnect(IscsiHandle context, int state);

    [LibraryImport(Library)]
    internal static partial int iscsi_get_fd(IscsiHandle context);

    [LibraryImport(Library)]
    internal static partial int iscsi_which_events(IscsiHandle context);

    [LibraryImport(Library)]
    internal static partial int iscsi_service(IscsiHandle context, int events);

    /// <summary>The last error's text, owned by the context.</summary>
    [LibraryImport(Library)]
    internal static partial nint iscsi_get_error(IscsiHandle context);

    [LibraryImport(Library, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int iscsi_connect_async(
        IscsiHandle context, string portal, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial int iscsi_login_async(
        IscsiHandle context, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial int iscsi_logout_async(
        IscsiHandle context, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial ScsiTask* iscsi_testunitready_task(
        IscsiHandle context, int lun, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial ScsiTask* iscsi_readcapacity16_task(
        IscsiHandle context, int lun, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial ScsiTask* iscsi_readcapacity10_task(
        IscsiHandle context, int lun, int address, int partial, delegate* unmanaged<nint, int, nint, nint, void> callback, nint opaque);

    [LibraryImport(Library)]
    internal static partial void scsi_free_scsi_task(ScsiTask* task);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(PollRequest* requests, nuint count, int milliseconds);
}

/// <summary>struct scsi_task of scsi-lowlevel.h on a 64-bit host: what is read of it.</summary>
[StructLayout(LayoutKind.Explicit)]
internal unsafe struct ScsiTask
{
    [FieldOffset(0)] public int Status;
    [FieldOffset(52)] public int SenseKey;
    [FieldOffset(56)] public int SenseCode;
    [FieldOffset(64)] public int DataLength;
    [FieldOffset(72)] public byte* Data;
}

/// <summary>struct pollfd.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollRequest
{
    public int Descriptor;
    public short Events;
    public short Returned;
}
