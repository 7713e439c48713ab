using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What somebody did.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="At">When.</param>
/// <param name="Who">A name as it was given; unnamed where nobody said, recovery for the system itself.</param>
/// <param name="Why">In their words; empty where none is asked for.</param>
/// <param name="Action">pause, continue, cancel, limits, skip, retry, accept, attest, register-host, change-host, delete-host, begin-maintenance, end-maintenance; more may come.</param>
/// <param name="Recovery">The recovery that it is about.</param>
/// <param name="Instance">The instance that it is about.</param>
/// <param name="Host">The host that it is about.</param>
/// <param name="Details">What changed.</param>
public sealed record AuditResource(
    long Id, DateTimeOffset At, string Who, string Why, string Action, Guid? Recovery, Guid? Instance, string? Host, string Details)
{
    internal static AuditResource From(AuditRow row) => new(
        row.Id, row.At, row.Who, row.Why, row.Action, row.RecoveryId, row.InstanceId, row.Host, row.Details);
}
