using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// Nova's side of a new attachment that Cinder's API made. Only keys that differ are written; of those, secret ones by
/// name, with their values beside the transaction.
/// </summary>
internal static class BlockDeviceRows
{
    public const string Name = "Block devices";

    /// <param name="device">As it was seen.</param>
    /// <param name="attachment">Cinder's new one.</param>
    /// <param name="connection">
    /// The connection as Nova keeps it, nested; null before the attachment has one: then only its id is written.
    /// </param>
    public static (ForeignTransaction Transaction, ForeignSecrets Secrets) Of(
        InstanceFacts facts, BlockDevice device, Guid attachment, JsonObject? connection, DateTimeOffset now)
    {
        Dictionary<string, string> secrets = [];
        Dictionary<string, object?> seen = new() { ["deleted"] = 0, ["attachment_id"] = device.AttachmentId?.ToString() };
        Dictionary<string, object?> values = new() { ["attachment_id"] = attachment.ToString() };
        Dictionary<string, JsonMerge> merges = [];
        if (connection is not null)
        {
            merges["connection_info"] = Merge(device, connection, secrets);
        }

        var change = new RowChange
        {
            Table = "block_device_mapping",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["id"] = device.Id },
            Seen = seen,
            Values = values,
            Along = new Dictionary<string, object?> { ["updated_at"] = ForeignTime.Of(now) },
            Merges = merges,
        };
        return (
            new ForeignTransaction(Name, ForeignDatabase.Nova, facts.Cell, [change]) { Subject = facts.Instance.DisplayName },
            new ForeignSecrets(secrets));
    }

    private static JsonMerge Merge(BlockDevice device, JsonObject connection, Dictionary<string, string> secrets)
    {
        var before = JsonKeys.Flat(device.ConnectionInfo);
        var after = JsonKeys.Flat(connection);
        Dictionary<string, JsonNode?> seen = [];
        Dictionary<string, JsonNode?> values = [];
        Dictionary<string, string> named = [];
        foreach (var key in before.Keys.Union(after.Keys))
        {
            var (old, now) = (before.GetValueOrDefault(key), after.GetValueOrDefault(key));
            if (JsonNode.DeepEquals(old, now))
            {
                continue;
            }

            if (ForeignSecrets.Covers(key) && JsonKeys.Text(now) is { } secret)
            {
                named[key] = $"{device.Id}/{key}";
                secrets[named[key]] = secret;
            }
            else
            {
                values[key] = now?.DeepClone();
                if (!ForeignSecrets.Covers(key))
                {
                    seen[key] = old?.DeepClone();
                }
            }
        }

        return new JsonMerge { Seen = seen, Values = values, Secrets = named };
    }
}
