using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// Cinder's rows where its API can't be asked: the attachment stays, with its id, and says the target. What the target needs
/// at the storage itself (an ACL of LIO's, say) this does not do.
/// </summary>
internal static class AttachmentRows
{
    public const string Name = "Cinder rows";

    /// <param name="target">Where its initiator's name is not known, the row keeps the one that it has.</param>
    /// <returns>Null when there is nothing to change.</returns>
    public static ForeignTransaction? Of(InstanceFacts facts, TargetFacts target, DateTimeOffset now)
    {
        var uuid = facts.Instance.Uuid;
        RowChange[] changes =
        [
            .. facts.Attachments
                .Where(attachment => attachment.InstanceUuid == uuid && attachment.AttachedHost != target.Host)
                .Select(attachment => Change(attachment, target, ForeignTime.Of(now))),
        ];
        return changes.Length == 0
            ? null
            : new ForeignTransaction(Name, ForeignDatabase.Cinder, "", changes) { Subject = facts.Instance.DisplayName };
    }

    private static RowChange Change(VolumeAttachment attachment, TargetFacts target, string time)
    {
        Dictionary<string, string> news = new() { ["host"] = target.Host, ["ip"] = target.Address };
        if (target.InitiatorName.Length > 0)
        {
            news["initiator"] = target.InitiatorName;
        }

        Dictionary<string, object?> seen = new()
        {
            ["attached_host"] = attachment.AttachedHost,
            ["attach_status"] = attachment.AttachStatus,
            ["deleted"] = false,
        };
        Dictionary<string, object?> values = new() { ["attached_host"] = target.Host, ["attach_status"] = "attached" };
        Dictionary<string, JsonMerge> merges = [];
        if (string.IsNullOrEmpty(attachment.Connector))
        {
            seen["connector"] = attachment.Connector;
            values["connector"] = new JsonObject(news.Select(each => KeyValuePair.Create(each.Key, (JsonNode?)each.Value))).ToJsonString(JsonKeys.Plain);
        }
        else if (JsonKeys.Parse(attachment.Connector) is { } connector)
        {
            var changed = news.Where(each => JsonKeys.Text(connector[each.Key]) != each.Value).ToList();
            merges["connector"] = new JsonMerge
            {
                Seen = changed.ToDictionary(each => each.Key, each => connector[each.Key]?.DeepClone()),
                Values = changed.ToDictionary(each => each.Key, each => (JsonNode?)JsonValue.Create(each.Value)),
            };
        }

        return new RowChange
        {
            Table = "volume_attachment",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["id"] = attachment.Id.ToString() },
            Seen = seen,
            Values = values,
            Along = new Dictionary<string, object?> { ["updated_at"] = time },
            Merges = merges,
        };
    }
}
