using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// A source that returned between TX-A and TX-B has deleted consumer and allocations: they are written again, on the target.
/// </summary>
internal static class AllocationRestore
{
    public const string Name = "Allocations again";

    /// <param name="before">As they were read before TX-A.</param>
    public static BuiltTransaction Of(InstanceFacts before, TargetFacts target, DateTimeOffset now)
    {
        if (before.Consumer is not { } consumer || before.Allocations.Count == 0)
        {
            return BuiltTransaction.Refused($"{before.Instance.DisplayName} had no allocations in Placement before it was moved.");
        }

        var time = ForeignTime.Of(now);
        var uuid = before.Instance.Uuid.ToString();
        RowChange[] changes =
        [
            new()
            {
                Table = "consumers",
                Kind = RowChangeKind.Insert,
                Key = new Dictionary<string, object?> { ["uuid"] = uuid },
                Values = new Dictionary<string, object?>
                {
                    ["project_id"] = consumer.ProjectId,
                    ["user_id"] = consumer.UserId,
                    ["generation"] = consumer.Generation + 1,
                },
                Along = new Dictionary<string, object?> { ["created_at"] = time, ["updated_at"] = time },
            },
            .. before.Allocations.Select(allocation => new RowChange
            {
                Table = "allocations",
                Kind = RowChangeKind.Insert,
                Key = new Dictionary<string, object?> { ["consumer_id"] = uuid, ["resource_class_id"] = allocation.ResourceClassId },
                Values = new Dictionary<string, object?> { ["resource_provider_id"] = target.ProviderId, ["used"] = allocation.Used },
                Along = new Dictionary<string, object?> { ["created_at"] = time },
            }),
            new()
            {
                Table = "resource_providers",
                Kind = RowChangeKind.Update,
                Key = new Dictionary<string, object?> { ["id"] = target.ProviderId },
                Seen = new Dictionary<string, object?> { ["generation"] = target.ProviderGeneration },
                Counters = ["generation"],
                Along = new Dictionary<string, object?> { ["updated_at"] = time },
            },
        ];
        return BuiltTransaction.Of(
            new ForeignTransaction(Name, ForeignDatabase.Placement, "", changes) { Subject = before.Instance.DisplayName });
    }
}
