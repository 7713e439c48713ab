using Microsoft.Win32.SafeHandles;

namespace Recovery.Executor.Iscsi;

/// <summary>A struct iscsi_context: one session with one target.</summary>
internal sealed class IscsiHandle() : SafeHandleZeroOrMinusOneIsInvalid(ownsHandle: true)
{
    protected override bool ReleaseHandle() => NativeMethods.iscsi_destroy_context(handle) == 0;
}
