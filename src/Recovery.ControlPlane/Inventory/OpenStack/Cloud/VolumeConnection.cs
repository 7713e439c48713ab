using System.Globalization;
using System.Text.Json.Nodes;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>How a volume is reached: what its connection_info says of that, without its secrets.</summary>
public sealed record VolumeConnection
{
    /// <summary>driver_volume_type: <c>iscsi</c>, <c>nfs</c>, <c>rbd</c>… Empty when nobody says.</summary>
    public string Kind { get; init; } = "";

    /// <summary>Of iSCSI: <c>10.0.0.5:3260</c>.</summary>
    public string Portal { get; init; } = "";

    public string TargetName { get; init; } = "";

    public int Lun { get; init; }

    /// <summary>Of iSCSI: it asks for a password.</summary>
    public bool AsksChap { get; init; }

    /// <summary>Of RBD: it asks for a key.</summary>
    public bool AsksKey { get; init; }

    public string Username { get; init; } = "";

    /// <summary>Of RBD: the libvirt secret with the key.</summary>
    public string SecretUuid { get; init; } = "";

    /// <summary>Of NFS: <c>10.0.0.5:/export</c>.</summary>
    public string Export { get; init; } = "";

    public string MountOptions { get; init; } = "";

    /// <summary>Of NFS a file, of RBD <c>pool/image</c>.</summary>
    public string Name { get; init; } = "";

    public string Format { get; init; } = "raw";

    public bool Encrypted { get; init; }

    public bool ReadOnly { get; init; }

    /// <summary>Address and port of <see cref="Portal"/>; null when it is none.</summary>
    public (string Host, int Port)? PortalAddress
    {
        get
        {
            var colon = Portal.LastIndexOf(':');
            return colon > 0 && ushort.TryParse(Portal[(colon + 1)..], CultureInfo.InvariantCulture, out var port)
                ? (Portal[..colon].Trim('[', ']'), port)
                : null;
        }
    }

    /// <summary>Null when it says nothing, or can't be read.</summary>
    /// <param name="connectionInfo">As block_device_mapping has it, nested; or what was taken of it.</param>
    public static VolumeConnection? Of(JsonObject? connectionInfo)
    {
        if (connectionInfo?["data"] is not JsonObject data)
        {
            return null;
        }

        return new VolumeConnection
        {
            Kind = Json.Word(connectionInfo["driver_volume_type"]) ?? "",
            Portal = Json.Word(data["target_portal"]) ?? "",
            TargetName = Json.Word(data["target_iqn"]) ?? "",
            Lun = int.TryParse(Json.Word(data["target_lun"]), CultureInfo.InvariantCulture, out var lun) ? lun : 0,
            AsksChap = Json.Word(data["auth_method"]) == "CHAP",
            AsksKey = Json.Says(data["auth_enabled"]),
            Username = Json.Word(data["auth_username"]) ?? "",
            SecretUuid = Json.Word(data["secret_uuid"]) ?? "",
            Export = Json.Word(data["export"]) ?? "",
            MountOptions = Json.Word(data["options"]) ?? "",
            Name = Json.Word(data["name"]) ?? "",
            Format = Json.Word(data["format"]) is { Length: > 0 } format ? format : "raw",
            Encrypted = Json.Says(data["encrypted"]),
            ReadOnly = Json.Word(data["access_mode"]) == "ro",
        };
    }

    /// <summary>Why no host but its own can be given it here, for after "its volume"; null when one can.</summary>
    /// <remarks>Nothing that was read may be repeated in it as it is, but names of kinds and keys.</remarks>
    /// <param name="connection">Null: none was found.</param>
    /// <param name="encrypted">Cinder or Nova say so.</param>
    public static string? Flaw(VolumeConnection? connection, bool encrypted)
    {
        if (encrypted || connection?.Encrypted == true)
        {
            return "is encrypted: its key is with the key manager, and its libvirt secret was on the source";
        }

        if (connection is null)
        {
            return "has no connection_info in block_device_mapping that can be read, so it is not known how to reach it";
        }

        return connection.Kind switch
        {
            "nfs" => connection.Lacks(("export", connection.Export), ("name", connection.Name)),
            "iscsi" when connection.PortalAddress is null => "is reached by iSCSI, and its target_portal is no address with a port",
            "iscsi" => connection.Lacks(("target_iqn", connection.TargetName), ("auth_username", connection.AsksChap ? connection.Username : "none")),
            "rbd" when connection.AsksKey => connection.Lacks(
                ("name", connection.Name), ("auth_username", connection.Username), ("secret_uuid", connection.SecretUuid)),
            "rbd" => connection.Lacks(("name", connection.Name)),
            "fibre_channel" => "is reached by Fibre Channel: the storage has to let the target's ports in first, which needs Cinder",
            "nvmeof" => "is reached by NVMe over fabrics, which is not recovered here",
            "" => "has no driver_volume_type in its connection_info, so it is not known how to reach it",
            var other => $"is reached by '{other}', which is not recovered here",
        };
    }

    /// <summary>The disk, reached so in place of however its host had it.</summary>
    /// <param name="disk">As it is known otherwise.</param>
    public Disk Reach(Disk disk) => disk with
    {
        Format = Format,
        ReadOnly = ReadOnly || disk.ReadOnly,

        // Nova keeps what it plugs in in the definition too.
        LiveXml = null,
        File = null,
        BackingFiles = [],
        BlockDevice = null,
        Share = Kind == "nfs" ? new ShareFile(Export, MountOptions, Name, Format) : null,
        Iscsi = Kind == "iscsi" && PortalAddress is var (host, port) ? new IscsiLun(host, port, TargetName, Lun, AsksChap ? Username : "") : null,
        Network = Kind == "rbd" ? $"rbd:{Name}" : null,
    };

    private string? Lacks(params ReadOnlySpan<(string Key, string Value)> needed)
    {
        List<string> absent = [];
        foreach (var (key, value) in needed)
        {
            if (value.Length == 0)
            {
                absent.Add(key);
            }
        }

        return absent.Count == 0 ? null : $"is reached by {Kind}, and its connection_info lacks {string.Join(" and ", absent)}";
    }
}
