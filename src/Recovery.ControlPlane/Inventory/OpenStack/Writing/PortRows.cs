using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Neutron's rows where its API can't be asked: the last resort, for nova-compute heals ports by itself through 2024.2.</summary>
internal static class PortRows
{
    public const string Name = "Neutron rows";

    /// <returns>Null when there is nothing to change.</returns>
    public static ForeignTransaction? Of(InstanceFacts facts, TargetFacts target, DateTimeOffset now)
    {
        RowChange[] changes = [.. facts.Ports.SelectMany(port => Changes(port, target, ForeignTime.Of(now)))];
        return changes.Length == 0
            ? null
            : new ForeignTransaction(Name, ForeignDatabase.Neutron, "", changes) { Subject = facts.Instance.DisplayName };
    }

    private static IEnumerable<RowChange> Changes(PortRecord port, TargetFacts target, string time)
    {
        var id = port.Id.ToString();
        var active = port.Bindings.FirstOrDefault(binding => binding.Status == "ACTIVE");
        if (active is null || active.Host == target.Host)
        {
            yield break;
        }

        // A live migration that never ended has left them; they have the key that the binding is about to get.
        foreach (var stale in port.Bindings.Where(binding => binding.Host == target.Host))
        {
            yield return new RowChange
            {
                Table = "ml2_port_bindings",
                Kind = RowChangeKind.Delete,
                Key = new Dictionary<string, object?> { ["port_id"] = id, ["host"] = stale.Host },
                Seen = new Dictionary<string, object?>
                {
                    ["status"] = stale.Status,
                    ["vif_type"] = stale.VifType,
                    ["vnic_type"] = stale.VnicType,
                    ["profile"] = stale.Profile,
                    ["vif_details"] = stale.VifDetails,
                },
            };
        }

        foreach (var stale in port.Levels.Where(level => level.Host == target.Host))
        {
            yield return Level(id, stale) with { Kind = RowChangeKind.Delete };
        }

        yield return Binding(id, active, target);
        foreach (var level in port.Levels.Where(level => level.Host == active.Host))
        {
            yield return Level(id, level) with { Values = new Dictionary<string, object?> { ["host"] = target.Host } };
        }

        var owner = $"compute:{target.Zone}";
        if (port.DeviceOwner != owner)
        {
            yield return new RowChange
            {
                Table = "ports",
                Kind = RowChangeKind.Update,
                Key = new Dictionary<string, object?> { ["id"] = id },
                Seen = new Dictionary<string, object?> { ["device_owner"] = port.DeviceOwner },
                Values = new Dictionary<string, object?> { ["device_owner"] = owner },
            };
        }

        // OVN's maintenance task looks for ports whose revision is ahead of its own.
        yield return new RowChange
        {
            Table = "standardattributes",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["id"] = port.StandardAttributeId },
            Seen = new Dictionary<string, object?> { ["revision_number"] = port.RevisionNumber },
            Counters = ["revision_number"],
            Along = new Dictionary<string, object?> { ["updated_at"] = time },
        };
    }

    private static RowChange Binding(string port, PortBinding binding, TargetFacts target)
    {
        Dictionary<string, object?> seen = new() { ["status"] = "ACTIVE" };
        Dictionary<string, object?> values = new() { ["host"] = target.Host };
        if (JsonKeys.Parse(binding.Profile) is { } profile && profile.Remove("migrating_to"))
        {
            seen["profile"] = binding.Profile;
            values["profile"] = profile.ToJsonString(JsonKeys.Plain);
        }

        if (Details(binding, target) is { } details)
        {
            seen["vif_details"] = binding.VifDetails;
            values["vif_details"] = details;
        }

        return new RowChange
        {
            Table = "ml2_port_bindings",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["port_id"] = port, ["host"] = binding.Host },
            Seen = seen,
            Values = values,
        };
    }

    // What depends on the host of an OVS port: its agent there says. Null: as it is.
    private static string? Details(PortBinding binding, TargetFacts target)
    {
        if (binding.VifType != "ovs"
            || JsonKeys.Parse(binding.VifDetails) is not { } details
            || JsonKeys.Parse(target.Agents.FirstOrDefault(agent => agent.Type == "Open vSwitch agent")?.Configurations) is not { } agent)
        {
            return null;
        }

        var before = details.DeepClone();
        foreach (var (detail, setting) in new[] { ("ovs_hybrid_plug", "ovs_hybrid_plug"), ("datapath_type", "datapath_type"), ("bridge_name", "integration_bridge") })
        {
            if (details.ContainsKey(detail) && agent[setting] is { } value)
            {
                details[detail] = value.DeepClone();
            }
        }

        return JsonNode.DeepEquals(before, details) ? null : details.ToJsonString(JsonKeys.Plain);
    }

    private static RowChange Level(string port, PortBindingLevel level) => new()
    {
        Table = "ml2_port_binding_levels",
        Kind = RowChangeKind.Update,
        Key = new Dictionary<string, object?> { ["port_id"] = port, ["host"] = level.Host, ["level"] = level.Level },
        Seen = new Dictionary<string, object?> { ["driver"] = level.Driver, ["segment_id"] = level.SegmentId },
    };
}
