namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>What <c>openstack server event list</c> shows: told for humans, so nothing fails for it.</summary>
internal static class EvacuationHistory
{
    /// <param name="result"><c>Success</c> or <c>Error</c>.</param>
    public static IEnumerable<RowChange> Ended(string requestId, string result, string time)
    {
        yield return new RowChange
        {
            Table = "instance_actions_events",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["event"] = "compute_rebuild_instance" },
            References = new Dictionary<string, RowReference> { ["action_id"] = new("instance_actions", "request_id", requestId) },
            Seen = new Dictionary<string, object?> { ["result"] = null },
            Values = new Dictionary<string, object?> { ["result"] = result },
            Along = new Dictionary<string, object?> { ["finish_time"] = time, ["updated_at"] = time },
            Miss = Miss.Accept,
        };
        yield return new RowChange
        {
            Table = "instance_actions",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["request_id"] = requestId },

            // Nova leaves it empty when all went well.
            Values = result == "Error" ? new Dictionary<string, object?> { ["message"] = result } : new Dictionary<string, object?>(),
            Along = new Dictionary<string, object?> { ["updated_at"] = time },
            Miss = Miss.Accept,
        };
    }
}
