namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// TX-A taken back, after the target's guest is gone and everything else is reversed. The evacuation's row becomes
/// <c>failed</c>: one left active would make the source destroy the only guest there is.
/// </summary>
internal static class EvacuationUndo
{
    public const string Name = "TX-A undone";

    /// <summary>
    /// The host stays down by force: other instances of it may be on their way. <see cref="SourceReturn"/> ends that.
    /// </summary>
    /// <param name="start">What <see cref="EvacuationStart"/> built.</param>
    public static ForeignTransaction Of(ForeignTransaction start, DateTimeOffset now)
    {
        var time = ForeignTime.Of(now);
        var instance = start.Changes.Single(change => change.Table == "instances");
        var migration = start.Changes.Single(change => change is { Table: "migrations", Kind: RowChangeKind.Insert });
        var action = start.Changes.Single(change => change.Table == "instance_actions");
        return new ForeignTransaction(
            Name,
            start.Database,
            start.Cell,
            [
                // Somebody may have reset its state by hand: the migration must not stay active for that.
                Reversal.Of(instance, time) with { Miss = Miss.Accept },
                new RowChange
                {
                    Table = "migrations",
                    Kind = RowChangeKind.Update,
                    Key = migration.Key,
                    Seen = new Dictionary<string, object?> { ["status"] = "accepted" },
                    Values = new Dictionary<string, object?> { ["status"] = "failed" },
                    Along = new Dictionary<string, object?> { ["updated_at"] = time },
                    Miss = Miss.Accept,
                },
                .. EvacuationHistory.Ended((string)action.Key["request_id"]!, "Error", time),
            ])
        {
            Subject = start.Subject,
        };
    }
}
