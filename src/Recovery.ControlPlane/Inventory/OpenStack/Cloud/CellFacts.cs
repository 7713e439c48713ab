using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What one cell knows of some instances, by their uuids.</summary>
internal sealed record CellFacts(
    string Cell,
    bool HasComputeId,
    IReadOnlyList<NovaContext.InstanceRow> Instances,
    ILookup<string, NovaContext.InstanceSystemMetadataRow> SystemMetadata,
    IReadOnlyDictionary<string, JsonObject?> Flavors,
    IReadOnlyDictionary<string, JsonArray?> NetworkInfo,
    ILookup<string, NovaContext.BlockDeviceMappingRow> BlockDevices,
    ILookup<string, NovaContext.MigrationRow> Evacuations,
    ILookup<string, NovaContext.ServiceRow> Services)
{
    public static async Task<CellFacts> ReadAsync(
        CloudConnections connections, CloudLogin login, CellMapping cell, IReadOnlyList<string> wanted, CancellationToken cancellationToken)
    {
        var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);
        var instances = nova.ReadAsync(context => context.Instances
            .Where(row => wanted.Contains(row.Uuid) && row.Deleted == 0 && row.Hidden != true)
            .ToListAsync(cancellationToken));
        var metadata = nova.ReadAsync(context => context.InstanceSystemMetadata
            .Where(row => wanted.Contains(row.InstanceUuid) && row.Deleted == 0)
            .ToListAsync(cancellationToken));
        var flavors = nova.ReadAsync(context => context.InstanceExtra
            .Where(row => wanted.Contains(row.InstanceUuid) && row.Deleted == 0)
            .Select(row => new { row.InstanceUuid, row.Flavor })
            .ToListAsync(cancellationToken));
        var networks = nova.ReadAsync(context => context.InstanceInfoCaches
            .Where(row => wanted.Contains(row.InstanceUuid) && row.Deleted == 0)
            .Select(row => new { row.InstanceUuid, row.NetworkInfo })
            .ToListAsync(cancellationToken));
        var devices = nova.ReadAsync(context => context.BlockDeviceMapping
            .Where(row => wanted.Contains(row.InstanceUuid!) && row.Deleted == 0).OrderBy(row => row.Id)
            .ToListAsync(cancellationToken));

        // Soft-deleted ones arm the clean-up too.
        var evacuations = nova.ReadAsync(context => context.Migrations
            .Where(row => wanted.Contains(row.InstanceUuid!) && row.MigrationType == "evacuation" && CellReader.ArmedStates.Contains(row.Status))
            .OrderBy(row => row.Id)
            .ToListAsync(cancellationToken));
        var services = nova.ReadAsync(context => context.Services
            .Where(row => row.Binary == "nova-compute" && row.Deleted == 0 && row.Host != null)
            .ToListAsync(cancellationToken));
        await Task.WhenAll(instances, metadata, flavors, networks, devices, evacuations, services);

        return new CellFacts(
            cell.Name,
            nova.Schema.Has("instances", "compute_id"),
            await instances,
            (await metadata).ToLookup(row => row.InstanceUuid),
            (await flavors).DistinctBy(row => row.InstanceUuid).ToDictionary(row => row.InstanceUuid, row => FlavorOf(row.Flavor)),
            (await networks).DistinctBy(row => row.InstanceUuid).ToDictionary(row => row.InstanceUuid, row => Json.Read(row.NetworkInfo) as JsonArray),
            (await devices).ToLookup(row => row.InstanceUuid!),
            (await evacuations).ToLookup(row => row.InstanceUuid!),
            (await services).ToLookup(row => row.Host!));
    }

    // The one that it has, beside those of a resize: an object as oslo.versionedobjects writes it.
    private static JsonObject? FlavorOf(string? column) =>
        Json.Read(column) is JsonObject all && all["cur"] is JsonObject current ? current["nova_object.data"] as JsonObject : null;
}
