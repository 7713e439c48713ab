namespace Recovery.Executor.Iscsi;

/// <summary>Why a logical unit can't be used from here.</summary>
internal enum IscsiFault
{
    /// <summary>No answer at the portal, or it can't serve now.</summary>
    PortalUnreachable,

    /// <summary>The portal answers and refuses: CHAP or ACL.</summary>
    LoginRefused,

    /// <summary>The portal has no such target, or the target no such logical unit.</summary>
    LunMissing,
}

/// <summary>A logical unit that can't be used, with a sentence that names portal and target.</summary>
internal sealed class IscsiException(IscsiFault fault, string message, bool retryCanHelp) : IOException(message)
{
    public IscsiFault Fault { get; } = fault;

    public bool RetryCanHelp { get; } = retryCanHelp;
}
