namespace Recovery.Executor.Libvirt;

/// <summary>virDomainState.</summary>
internal enum StateKind
{
    None = 0,
    Running = 1,
    Blocked = 2,
    Paused = 3,
    ShuttingDown = 4,
    ShutOff = 5,
    Crashed = 6,
    SuspendedByGuest = 7,
}

/// <summary>A domain's state with libvirt's reason for it; the numbers of reasons belong to the kind.</summary>
internal readonly record struct LibvirtState(StateKind Kind, int Reason)
{
    // VIR_DOMAIN_PAUSED_STARTING_UP
    private const int StartingUp = 11;

    /// <summary>
    /// Its QEMU exists and nothing runs in it yet. A libvirtd that died in the middle of a start finds the guest so when
    /// it is back, and ends it then.
    /// </summary>
    public bool IsStartingUp => Kind == StateKind.Paused && Reason == StartingUp;

    /// <summary>In libvirt's words, for a sentence: "paused (I/O error)".</summary>
    public override string ToString()
    {
        var (kind, reasons) = Kind switch
        {
            StateKind.Running => ("running", RunningReasons),
            StateKind.Blocked => ("blocked", NoReasons),
            StateKind.Paused => ("paused", PausedReasons),
            StateKind.ShuttingDown => ("shutting down", NoReasons),
            StateKind.ShutOff => ("shut off", ShutOffReasons),
            StateKind.Crashed => ("crashed", NoReasons),
            StateKind.SuspendedByGuest => ("suspended by the guest", NoReasons),
            _ => ("in no state", NoReasons),
        };
        return Reason > 0 && Reason < reasons.Length ? $"{kind} ({reasons[Reason]})" : kind;
    }

    private static readonly string[] NoReasons = [];

    private static readonly string[] RunningReasons =
    [
        "unknown", "booted", "migrated", "restored", "from snapshot", "unpaused", "migration canceled", "save canceled",
        "woken up", "crashed", "post-copy", "post-copy failed",
    ];

    private static readonly string[] PausedReasons =
    [
        "unknown", "user", "migration", "save", "dump", "I/O error", "watchdog", "from snapshot", "shutting down",
        "snapshot", "crashed", "starting up", "post-copy", "post-copy failed",
    ];

    private static readonly string[] ShutOffReasons =
        ["unknown", "shut down", "destroyed", "crashed", "migrated", "saved", "failed", "from snapshot", "ended by libvirtd"];
}
