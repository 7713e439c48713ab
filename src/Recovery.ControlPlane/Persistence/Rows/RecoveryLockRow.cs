namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>
/// A subject that one live recovery holds: <c>host/node1</c>, <c>instance/UUID</c>, <c>fencing/node1</c> while it fences
/// that host, or <c>order/RECOVERY/node1</c> from when that host's executor may have been told to end its guests until it
/// says that it was not. Its key is unique.
/// </summary>
public sealed class RecoveryLockRow
{
    public required string Subject { get; set; }

    public required Guid RecoveryId { get; set; }

    public static string ForHost(string host) => $"host/{host}";

    public static string ForFencing(string host) => $"fencing/{host}";

    public static string ForOrder(Guid recovery, string host) => $"order/{recovery:N}/{host}";

    public static string ForInstance(Guid instance) => $"instance/{instance}";
}
