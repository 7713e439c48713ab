using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What a view takes from the database of one cell.</summary>
internal sealed record CellRows(
    string Cell,
    IReadOnlyList<NovaContext.ServiceRow> Services,
    IReadOnlyList<NovaContext.ComputeNodeRow> Nodes,
    IReadOnlyDictionary<string, int> OpenEvacuations,
    IReadOnlyList<InstanceLine> Instances,
    IReadOnlyDictionary<string, ExtraLine> Extras,
    ILookup<string, VolumeLine> Volumes,
    ILookup<string, ImagePropertyLine> ImageProperties);

/// <summary>Of nova.instances.</summary>
internal sealed record InstanceLine(
    int Id, string Uuid, string? Name, string Host, string? Node, string? VmState, string? TaskState, int? PowerState,
    int? MemoryMib, int? Vcpus, int? RootGib, int? EphemeralGib, string? ImageRef, string? ConfigDrive, string? RootDevice);

/// <summary>Of nova.instance_extra, where there is anything to say.</summary>
/// <param name="ExtraSpecs">A JSON object; null where there are none.</param>
internal sealed record ExtraLine(string Uuid, bool HasNumaTopology, bool HasPciRequests, bool HasVpmems, bool HasTrustedCerts, string? ExtraSpecs);

/// <summary>Of nova.block_device_mapping, those with a volume as destination.</summary>
/// <param name="Connection">What tells how it is reached, nested as there; no secret is among it. Null when there is nothing.</param>
internal sealed record VolumeLine(string Uuid, string? Volume, string? DeviceName, int? BootIndex, int? SizeGib, string? Connection);

/// <summary>Of nova.instance_system_metadata: a property of the image that it was made of.</summary>
internal sealed record ImagePropertyLine(string Uuid, string Key, string? Value);

/// <summary>Reads a cell: one question for each table, whatever the number of instances.</summary>
internal static class CellReader
{
    public const string TraitPrefix = "image_trait:";

    /// <summary>States of a migration that arm the clean-up of its source.</summary>
    public static readonly string[] ArmedStates = ["accepted", "pre-migrating", "done"];

    // An empty list of requests has two forms: that of the column, and that of the object.
    private const string Extras =
        """
        SELECT instance_uuid AS Uuid,
               IFNULL(numa_topology, 'null') NOT IN ('', 'null') AS HasNumaTopology,
               IFNULL(pci_requests, 'null') NOT IN ('', 'null', '[]') AND pci_requests NOT LIKE '%"requests": []%' AS HasPciRequests,
               IFNULL(vpmems, 'null') NOT IN ('', 'null', '[]') AS HasVpmems,
               IFNULL(trusted_certs, 'null') NOT IN ('', 'null', '[]') AS HasTrustedCerts,
               CASE WHEN JSON_VALID(flavor) THEN JSON_EXTRACT(flavor, '$.cur."nova_object.data".extra_specs') END AS ExtraSpecs
        FROM instance_extra
        WHERE deleted = 0
        """;

    // By name, so that no password leaves the server.
    private const string Volumes =
        """
        SELECT instance_uuid AS Uuid, volume_id AS Volume, device_name AS DeviceName, boot_index AS BootIndex, volume_size AS SizeGib,
               CASE WHEN JSON_VALID(connection_info) THEN JSON_OBJECT(
                   'driver_volume_type', JSON_EXTRACT(connection_info, '$.driver_volume_type'),
                   'data', JSON_OBJECT(
                       'target_portal', JSON_EXTRACT(connection_info, '$.data.target_portal'),
                       'target_iqn', JSON_EXTRACT(connection_info, '$.data.target_iqn'),
                       'target_lun', JSON_EXTRACT(connection_info, '$.data.target_lun'),
                       'auth_method', JSON_EXTRACT(connection_info, '$.data.auth_method'),
                       'auth_enabled', JSON_EXTRACT(connection_info, '$.data.auth_enabled'),
                       'auth_username', JSON_EXTRACT(connection_info, '$.data.auth_username'),
                       'secret_uuid', JSON_EXTRACT(connection_info, '$.data.secret_uuid'),
                       'export', JSON_EXTRACT(connection_info, '$.data.export'),
                       'options', JSON_EXTRACT(connection_info, '$.data.options'),
                       'name', JSON_EXTRACT(connection_info, '$.data.name'),
                       'format', JSON_EXTRACT(connection_info, '$.data.format'),
                       'encrypted', JSON_EXTRACT(connection_info, '$.data.encrypted'),
                       'access_mode', JSON_EXTRACT(connection_info, '$.data.access_mode'))) END AS Connection
        FROM block_device_mapping
        WHERE deleted = 0 AND destination_type = 'volume' AND instance_uuid IS NOT NULL
        """;

    /// <exception cref="CloudUnreadableException">Its database can't be read.</exception>
    public static async Task<CellRows> ReadAsync(
        CloudConnections connections, CloudLogin login, CellMapping cell, CancellationToken cancellationToken)
    {
        var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);
        var services = nova.ReadAsync(context => context.Services
            .Where(row => row.Binary == "nova-compute" && row.Deleted == 0 && row.Host != null)
            .ToListAsync(cancellationToken));
        var nodes = nova.ReadAsync(context => context.ComputeNodes
            .Where(row => row.Deleted == 0 && row.Host != null).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken));

        // Soft-deleted ones arm the clean-up too.
        var evacuations = nova.ReadAsync(context => context.Migrations
            .Where(row => row.MigrationType == "evacuation" && ArmedStates.Contains(row.Status) && row.SourceCompute != null)
            .GroupBy(row => row.SourceCompute!)
            .Select(rows => new { Host = rows.Key, Count = rows.Count() })
            .ToDictionaryAsync(row => row.Host, row => row.Count, cancellationToken));

        // A hidden one is the other cell's half of a resize between cells.
        var instances = nova.ReadAsync(context => context.Instances
            .Where(row => row.Deleted == 0 && row.Host != null && row.Host != "" && row.Hidden != true)
            .Select(row => new InstanceLine(
                row.Id, row.Uuid, row.DisplayName, row.Host!, row.Node, row.VmState, row.TaskState, row.PowerState,
                row.MemoryMb, row.Vcpus, row.RootGb, row.EphemeralGb, row.ImageRef, row.ConfigDrive, row.RootDeviceName))
            .ToListAsync(cancellationToken));
        var extras = nova.ReadAsync(context => context.Database.SqlQueryRaw<ExtraLine>(Extras).ToListAsync(cancellationToken));
        var volumes = nova.ReadAsync(context => context.Database.SqlQueryRaw<VolumeLine>(Volumes).ToListAsync(cancellationToken));
        var properties = nova.ReadAsync(context => context.InstanceSystemMetadata
            .Where(row => row.Deleted == 0
                && (row.Key.StartsWith(TraitPrefix) || row.Key.StartsWith("image_hw_tpm_") || row.Key == "image_hw_mem_encryption"))
            .Select(row => new ImagePropertyLine(row.InstanceUuid, row.Key, row.Value))
            .ToListAsync(cancellationToken));

        await Task.WhenAll(services, nodes, evacuations, instances, extras, volumes, properties);
        return new CellRows(
            cell.Name,
            await services,
            await nodes,
            await evacuations,
            await instances,
            (await extras).DistinctBy(each => each.Uuid).ToDictionary(each => each.Uuid),
            (await volumes).ToLookup(each => each.Uuid),
            (await properties).ToLookup(each => each.Uuid));
    }
}
