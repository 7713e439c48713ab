using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>TX-B: what the instance uses is used on the target.</summary>
internal static class AllocationMove
{
    public const string Name = "TX-B";

    public static BuiltTransaction Of(InstanceFacts facts, TargetFacts target, DateTimeOffset now)
    {
        var name = facts.Instance.DisplayName;
        if (facts.Consumer is not { } consumer || facts.Allocations is not [var first, ..])
        {
            return BuiltTransaction.Refused($"{name} has no allocations in Placement. Run nova-manage placement heal_allocations, or hand it over to Nova's own evacuate.");
        }

        if (facts.Allocations.Any(allocation => allocation.ProviderId != first.ProviderId))
        {
            return BuiltTransaction.Refused($"{name} has allocations on several resource providers, which only the scheduler can place. Hand it over to Nova's own evacuate.");
        }

        if (first.ProviderId == target.ProviderId)
        {
            // Done before: nothing is left to change.
            return BuiltTransaction.Of(new ForeignTransaction(Name, ForeignDatabase.Placement, "", []) { Subject = name });
        }

        var time = ForeignTime.Of(now);
        RowChange[] changes =
        [
            .. facts.Allocations.Select(allocation => new RowChange
            {
                Table = "allocations",
                Kind = RowChangeKind.Update,
                Key = new Dictionary<string, object?> { ["id"] = allocation.Id },
                Seen = new Dictionary<string, object?>
                {
                    ["consumer_id"] = facts.Instance.Uuid.ToString(),
                    ["resource_class_id"] = allocation.ResourceClassId,
                    ["used"] = allocation.Used,
                    ["resource_provider_id"] = allocation.ProviderId,
                },
                Values = new Dictionary<string, object?> { ["resource_provider_id"] = target.ProviderId },
                Along = new Dictionary<string, object?> { ["updated_at"] = time },
            }),

            // Always the lower id first: two recoveries that cross would lock each other out.
            .. new[] { (Id: first.ProviderId, Generation: first.ProviderGeneration), (Id: target.ProviderId, Generation: target.ProviderGeneration) }
                .OrderBy(provider => provider.Id)
                .Select(provider => Generation("resource_providers", provider.Id, provider.Generation, time)),
            Generation("consumers", consumer.Id, consumer.Generation, time),
        ];
        return BuiltTransaction.Of(new ForeignTransaction(Name, ForeignDatabase.Placement, "", changes) { Subject = name });
    }

    private static RowChange Generation(string table, int id, int generation, string time) => new()
    {
        Table = table,
        Kind = RowChangeKind.Update,
        Key = new Dictionary<string, object?> { ["id"] = id },
        Seen = new Dictionary<string, object?> { ["generation"] = generation },
        Counters = ["generation"],
        Along = new Dictionary<string, object?> { ["updated_at"] = time },
    };
}
