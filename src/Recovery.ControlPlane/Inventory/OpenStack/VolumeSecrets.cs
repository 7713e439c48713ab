using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>CHAP passwords out of nova.block_device_mapping.connection_info, where Cinder's word on each volume is.</summary>
internal sealed class VolumeSecrets(CloudConnections connections) : IVolumeSecrets
{
    public async Task<IReadOnlyDictionary<IscsiLun, string>> PasswordsAsync(
        Guid instance, IReadOnlyCollection<IscsiLun> volumes, CancellationToken cancellationToken)
    {
        try
        {
            var known = (await ConnectionsOfAsync(instance, cancellationToken)).SelectMany(Secrets).ToList();
            Dictionary<IscsiLun, string> passwords = [];
            foreach (var volume in volumes.Distinct())
            {
                // One target may serve many LUNs, each with a user and a password of its own.
                if (known.Find(each => each.TargetName == volume.TargetName && each.Lun == volume.Lun && each.User == volume.ChapUsername) is { } found)
                {
                    passwords[volume] = found.Password;
                }
            }

            return passwords;
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

    private async Task<IReadOnlyList<JsonObject>> ConnectionsOfAsync(Guid instance, CancellationToken cancellationToken)
    {
        var uuid = instance.ToString();
        var login = await connections.ReaderLoginAsync(cancellationToken);
        var novaApi = await connections.OpenAsync<NovaApiContext>(login.NovaApi, cancellationToken);
        var mapping = await novaApi.ReadAsync(context => context.InstanceMappings
            .FirstOrDefaultAsync(row => row.InstanceUuid == uuid, cancellationToken));
        var cells = await CloudConnections.CellsAsync(novaApi, cancellationToken);
        if (cells.FirstOrDefault(each => each.Id == mapping?.CellId) is not { } cell)
        {
            return [];
        }

        var nova = await connections.OpenAsync<NovaContext>(login.Cell(cell.Name, cell.Url), cancellationToken);
        var documents = await nova.ReadAsync(context => context.BlockDeviceMapping
            .Where(row => row.InstanceUuid == uuid && row.Deleted == 0 && row.VolumeId != null)
            .Select(row => row.ConnectionInfo)
            .ToListAsync(cancellationToken));
        return [.. documents.Select(Json.Read).OfType<JsonObject>()];
    }

    // With multipath the same LUN has several targets.
    private static IEnumerable<Secret> Secrets(JsonObject connection)
    {
        if (connection["data"] is not JsonObject data
            || Text(data["auth_username"]) is not { Length: > 0 } user
            || Text(data["auth_password"]) is not { Length: > 0 } password)
        {
            yield break;
        }

        if (Text(data["target_iqn"]) is { } target)
        {
            yield return new Secret(target, Number(data["target_lun"]), user, password);
        }

        var luns = data["target_luns"] as JsonArray;
        foreach (var (index, each) in (data["target_iqns"] as JsonArray ?? []).Index())
        {
            if (Text(each) is { } other)
            {
                yield return new Secret(other, Number(luns is not null && index < luns.Count ? luns[index] : data["target_lun"]), user, password);
            }
        }
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static int Number(JsonNode? node) => int.TryParse(node?.ToString(), CultureInfo.InvariantCulture, out var number) ? number : 0;

    // Not a record: its ToString would print the password.
    private sealed class Secret(string targetName, int lun, string user, string password)
    {
        public string TargetName { get; } = targetName;

        public int Lun { get; } = lun;

        public string User { get; } = user;

        public string Password { get; } = password;
    }
}
