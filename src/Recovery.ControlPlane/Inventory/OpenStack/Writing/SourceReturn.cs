using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// A host that has come back and cleaned up may run guests again. Nova's API refuses it while evacuations from it are open;
/// the same rule holds here, and is looked at in the same transaction.
/// </summary>
internal static class SourceReturn
{
    public const string Name = "Source returns";

    /// <summary>Every one of these, soft-deleted too, arms the clean-up of nova-compute's next start.</summary>
    private static readonly string[] Open = ["accepted", "pre-migrating", "done"];

    public static BuiltTransaction Of(ComputeService service, string cell, DateTimeOffset now)
    {
        if (!service.Disabled || !EvacuationStart.IsOurReason(service.DisabledReason))
        {
            return BuiltTransaction.Refused(
                $"nova-compute on {service.Host} was not disabled by Recovery, so Recovery does not enable it. Its operator decides.");
        }

        RowChange[] changes =
        [
            .. Open.Select(status => new RowChange
            {
                Table = "migrations",
                Kind = RowChangeKind.Absent,
                Key = new Dictionary<string, object?>
                {
                    ["source_compute"] = service.Host,
                    ["migration_type"] = "evacuation",
                    ["status"] = status,
                },
            }),
            new RowChange
            {
                Table = "services",
                Kind = RowChangeKind.Update,
                Key = new Dictionary<string, object?> { ["id"] = service.Id },
                Seen = new Dictionary<string, object?>
                {
                    ["deleted"] = 0,
                    ["disabled"] = true,
                    ["disabled_reason"] = service.DisabledReason,
                },
                Values = new Dictionary<string, object?> { ["forced_down"] = false, ["disabled"] = false, ["disabled_reason"] = null },
                Along = new Dictionary<string, object?> { ["updated_at"] = ForeignTime.Of(now) },
            },
        ];
        return BuiltTransaction.Of(new ForeignTransaction(Name, ForeignDatabase.Nova, cell, changes) { Subject = service.Host });
    }
}
