using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Persistence;

/// <summary>Who does something, and why, in their own words. Makes the rows of the audit log.</summary>
/// <param name="Who">A name that can be asked.</param>
/// <param name="Why">Empty where nobody has to say.</param>
public sealed record OperatorWord(string Who, string Why = "")
{
    /// <summary>Stands for whoever gave no name where none is needed.</summary>
    public const string NoName = "unnamed";

    /// <summary>A row to be written in the transaction of what it tells of.</summary>
    /// <param name="action">One of <see cref="AuditActions"/>.</param>
    /// <param name="at">Now.</param>
    /// <param name="details">What changed, for humans: "inAll 8 → 2".</param>
    /// <param name="recovery">The recovery that it is about.</param>
    /// <param name="instance">The instance that it is about.</param>
    /// <param name="host">The host that it is about.</param>
    public AuditRow Did(
        string action, DateTimeOffset at, string details = "", Guid? recovery = null, Guid? instance = null, string? host = null) => new()
        {
            At = at,
            Who = Who,
            Why = Why,
            Action = action,
            RecoveryId = recovery,
            InstanceId = instance,
            Host = host,
            Details = details,
        };
}

/// <summary>What can be done that is audited. Part of the API: they may be added to, never renamed.</summary>
public static class AuditActions
{
    public const string Accept = "accept";
    public const string Pause = "pause";
    public const string Continue = "continue";
    public const string Cancel = "cancel";
    public const string Limits = "limits";
    public const string Skip = "skip";
    public const string Retry = "retry";
    public const string Attest = "attest";
    public const string RegisterHost = "register-host";
    public const string ChangeHost = "change-host";
    public const string DeleteHost = "delete-host";
    public const string BeginMaintenance = "begin-maintenance";
    public const string EndMaintenance = "end-maintenance";

    // What the system does in its own name.
    public const string Quarantine = "quarantine";
    public const string EndQuarantine = "end-quarantine";
    public const string LeaveOff = "leave-off";
    public const string Alarm = "alarm";
    public const string EndAlarm = "end-alarm";
}
