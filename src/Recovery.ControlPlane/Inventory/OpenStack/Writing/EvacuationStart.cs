using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// TX-A: the source is down by force, the instance is being rebuilt, and its evacuation is on record, before anything
/// runs on the target. So a source that returns halfway destroys its own copy and nobody else's.
/// </summary>
internal static class EvacuationStart
{
    public const string Name = "TX-A";
    private const string ReasonBegin = "Evacuated by Recovery, recovery ";

    /// <summary>services.disabled_reason.</summary>
    public static string Reason(Guid recovery) => $"{ReasonBegin}{recovery:D}";

    /// <summary>Whether that is a reason of ours, of whichever recovery.</summary>
    public static bool IsOurReason(string? reason) => reason?.StartsWith(ReasonBegin, StringComparison.Ordinal) == true;

    public static ForeignTransaction Of(InstanceFacts facts, TargetFacts target, EvacuationMark mark, DateTimeOffset now)
    {
        var time = ForeignTime.Of(now);
        var instance = facts.Instance;
        List<RowChange> changes =
        [
            new()
            {
                Table = "instances",
                Kind = RowChangeKind.Update,
                Key = new Dictionary<string, object?> { ["uuid"] = instance.Uuid.ToString() },
                Seen = new Dictionary<string, object?> { ["host"] = instance.Host, ["deleted"] = 0, ["task_state"] = instance.TaskState },
                Values = new Dictionary<string, object?> { ["task_state"] = "rebuilding" },
                Along = new Dictionary<string, object?> { ["updated_at"] = time },
            },
        ];
        changes.AddRange(SourceDown(facts.SourceService, mark, time));

        // An old row that still names the target as a source would make its nova-compute destroy this very guest (bug 1922053).
        changes.AddRange(facts.Evacuations.Where(old => old.SourceCompute == target.Host).Select(old => new RowChange
        {
            Table = "migrations",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["id"] = old.Id },
            Seen = new Dictionary<string, object?> { ["status"] = old.Status },
            Values = new Dictionary<string, object?> { ["status"] = "completed" },
            Along = new Dictionary<string, object?> { ["updated_at"] = time },
            Miss = Miss.Accept,
        }));
        changes.Add(Migration(instance, mark, time));
        changes.AddRange(History(instance, target, mark, time));
        return new ForeignTransaction(Name, ForeignDatabase.Nova, facts.Cell, changes) { Subject = instance.DisplayName };
    }

    private static IEnumerable<RowChange> SourceDown(ComputeService? service, EvacuationMark mark, string time)
    {
        if (service is null)
        {
            yield break;
        }

        // Before the reason: SourceReturn undoes both only where the reason is ours.
        if (!service.ForcedDown)
        {
            yield return Service(service.Id, new() { ["deleted"] = 0 }, new() { ["forced_down"] = true }, time);
        }

        if (!service.Disabled)
        {
            yield return Service(
                service.Id,
                new() { ["deleted"] = 0, ["disabled"] = false },
                new() { ["disabled"] = true, ["disabled_reason"] = Reason(mark.Recovery) },
                time);
        }
    }

    // Instances of one host start side by side: what another has done already is accepted.
    private static RowChange Service(int id, Dictionary<string, object?> seen, Dictionary<string, object?> values, string time) => new()
    {
        Table = "services",
        Kind = RowChangeKind.Update,
        Key = new Dictionary<string, object?> { ["id"] = id },
        Seen = seen,
        Values = values,
        Along = new Dictionary<string, object?> { ["updated_at"] = time },
        Miss = Miss.Accept,
    };

    private static RowChange Migration(InstanceRecord instance, EvacuationMark mark, string time) => new()
    {
        Table = "migrations",
        Kind = RowChangeKind.Insert,
        Key = new Dictionary<string, object?> { ["uuid"] = mark.Migration.ToString() },
        Values = new Dictionary<string, object?>
        {
            ["status"] = "accepted",
            ["migration_type"] = "evacuation",
            ["instance_uuid"] = instance.Uuid.ToString(),
            ["source_compute"] = instance.Host,
            ["source_node"] = instance.Node,
            ["user_id"] = instance.UserId,
            ["project_id"] = instance.ProjectId,
            ["hidden"] = false,
            ["deleted"] = 0,
            ["cross_cell_move"] = false,
        },
        Along = new Dictionary<string, object?> { ["created_at"] = time },
    };

    private static IEnumerable<RowChange> History(InstanceRecord instance, TargetFacts target, EvacuationMark mark, string time)
    {
        yield return new RowChange
        {
            Table = "instance_actions",
            Kind = RowChangeKind.Insert,
            Key = new Dictionary<string, object?> { ["request_id"] = mark.RequestId, ["instance_uuid"] = instance.Uuid.ToString() },
            Values = new Dictionary<string, object?>
            {
                ["action"] = "evacuate",
                ["user_id"] = instance.UserId,
                ["project_id"] = instance.ProjectId,
                ["deleted"] = 0,
            },
            Along = new Dictionary<string, object?> { ["start_time"] = time, ["created_at"] = time, ["updated_at"] = time },
        };
        yield return new RowChange
        {
            Table = "instance_actions_events",
            Kind = RowChangeKind.Insert,
            Key = new Dictionary<string, object?> { ["event"] = "compute_rebuild_instance" },
            References = new Dictionary<string, RowReference> { ["action_id"] = new("instance_actions", "request_id", mark.RequestId) },
            Values = new Dictionary<string, object?> { ["host"] = target.Host, ["deleted"] = 0 },
            Along = new Dictionary<string, object?> { ["start_time"] = time, ["created_at"] = time },
        };
    }
}
