namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>
/// A subject that one live recovery holds: <c>host/node1</c>, <c>instance/UUID</c>, or <c>fencing/node1</c> while it fences
/// that host. Its key is unique.
/// </summary>
public sealed class RecoveryLockRow
{
    public required string Subject { get; set; }

    public required Guid RecoveryId { get; set; }

    public static string ForHost(string host) => $"host/{host}";

    public static string ForFencing(string host) => $"fencing/{host}";

    public static string ForInstance(Guid instance) => $"instance/{instance}";
}
