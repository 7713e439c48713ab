using Recovery.Protocol.V1;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// What libvirt's state means for the instance's owner: what ran must run again, and what was off by will stays off.
/// In doubt a guest is not "off by its owner", since that is what would never be started again.
/// </summary>
internal static class DomainStates
{
    // virDomainShutoffReason
    private const int OffCrashed = 3, OffFailed = 6, OffDaemon = 8;

    // virDomainPausedReason
    private const int PausedDump = 4, PausedIoError = 5, PausedWatchdog = 6, PausedSnapshot = 9, PausedCrashed = 10,
        PausedStartingUp = 11, PausedPostcopyFailed = 13;

    /// <param name="state">libvirt's state and reason (virDomainGetState).</param>
    /// <param name="endedByHost">Its last end was a signal on the host, which libvirt records as a normal shutdown.</param>
    public static DomainState Meaning(LibvirtState state, bool endedByHost) => state.Kind switch
    {
        StateKind.Running or StateKind.Blocked => DomainState.Running,
        // QEMU still has its disks open; it is off when libvirt says so.
        StateKind.ShuttingDown => DomainState.Running,
        StateKind.Paused => Paused(state.Reason),
        StateKind.SuspendedByGuest => DomainState.Paused,
        StateKind.Crashed => DomainState.Crashed,
        StateKind.ShutOff => Off(state.Reason, endedByHost),
        _ => DomainState.Unspecified,
    };

    private static DomainState Paused(int reason) => reason switch
    {
        PausedIoError or PausedWatchdog or PausedCrashed or PausedPostcopyFailed => DomainState.Crashed,
        // libvirt's own moments, that it ends itself: the owner wants it to run.
        PausedStartingUp or PausedSnapshot or PausedDump => DomainState.Running,
        _ => DomainState.Paused,
    };

    private static DomainState Off(int reason, bool endedByHost)
    {
        const int shutDown = 1;
        return reason switch
        {
            OffCrashed or OffFailed or OffDaemon => DomainState.Crashed,
            shutDown when endedByHost => DomainState.Crashed,
            // Unknown (never started since libvirtd's start), destroyed, migrated, saved, from snapshot.
            _ => DomainState.ShutOff,
        };
    }
}
