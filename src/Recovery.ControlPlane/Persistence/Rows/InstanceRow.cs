namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>Which host an instance belongs to. Everything else about it is in that host's domain.</summary>
public sealed class InstanceRow
{
    public required Guid Id { get; set; }

    public required string Host { get; set; }

    /// <summary>Since when it belongs to that host.</summary>
    public required DateTimeOffset Since { get; set; }
}
