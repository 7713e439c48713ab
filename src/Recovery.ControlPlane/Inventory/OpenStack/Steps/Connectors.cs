using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>How a host presents itself to Cinder, as its nova-compute would.</summary>
internal static class Connectors
{
    // What is the same on all hosts of a cloud; all else names the host that it is left.
    private static readonly string[] Common = ["platform", "os_type", "multipath", "do_local_attach"];

    /// <param name="left">The connector of the host that is left, as Cinder has it; null where it has none.</param>
    /// <param name="initiator">The host's iSCSI name; empty when it is not known.</param>
    /// <param name="device">The guest's device: <c>/dev/vdb</c>.</param>
    public static JsonObject Of(JsonObject? left, string host, string address, string initiator, string? device)
    {
        var connector = new JsonObject
        {
            ["platform"] = "x86_64",
            ["os_type"] = "linux",
            ["multipath"] = false,
            ["do_local_attach"] = false,
        };
        foreach (var key in Common.Where(key => left?[key] is not null))
        {
            connector[key] = left![key]!.DeepClone();
        }

        (connector["ip"], connector["host"]) = (address, host);
        if (initiator.Length > 0)
        {
            connector["initiator"] = initiator;
        }

        if (device is not null)
        {
            connector["mountpoint"] = device;
        }

        return connector;
    }

    /// <summary>As Cinder has it, without secrets; one that it can't be read of is made of the host's name.</summary>
    public static JsonObject Kept(VolumeAttachment? attachment, string host, string? device)
    {
        var kept = JsonKeys.Parse(attachment?.Connector) ?? Of(null, host, "", "", device);
        foreach (var secret in kept.Select(each => each.Key).Where(ForeignSecrets.Covers).ToList())
        {
            kept.Remove(secret);
        }

        return kept;
    }
}
