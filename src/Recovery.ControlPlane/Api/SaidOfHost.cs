using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api;

/// <summary>What an operator says of a host, read and without faults.</summary>
internal sealed record SaidOfHost
{
    public required string Executor { get; init; }

    public required string FailureDomain { get; init; }

    public required string Zone { get; init; }

    public required List<string> Aggregates { get; init; }

    public required List<string> Traits { get; init; }

    public required bool Spare { get; init; }

    public required HostLimits Limits { get; init; }

    public required List<FenceLevel> Fencing { get; init; }

    public void WriteTo(HostRow row)
    {
        (row.Executor, row.FailureDomain, row.Zone) = (Executor, FailureDomain, Zone);
        (row.Aggregates, row.Traits) = (Aggregates, Traits);
        (row.Spare, row.Limits) = (Spare, Limits);
        row.Fencing = Fencing;
    }
}
