using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What a view takes from nova_api.</summary>
/// <param name="Aggregates">By host.</param>
/// <param name="Groups">By instance.</param>
/// <param name="RequestedZones">By instance; only those whose owner asked for one.</param>
internal sealed record NovaApiRows(
    ILookup<string, AggregateLine> Aggregates,
    ILookup<string, ServerGroupView> Groups,
    IReadOnlyDictionary<string, string> RequestedZones);

internal sealed record AggregateLine(string Name, ILookup<string, string> Metadata)
{
    /// <summary>What instances.availability_zone of an instance is, on a host of these aggregates.</summary>
    public static string ZoneOf(IEnumerable<AggregateLine> aggregates, OpenStackOptions options) => aggregates
        .SelectMany(each => each.Metadata["availability_zone"])
        .Order(StringComparer.Ordinal)
        .FirstOrDefault(options.DefaultZone);
}

/// <param name="Zone">JSON: a string.</param>
internal sealed record RequestedZoneLine(string Uuid, string? Zone);

/// <summary>Reads nova_api.</summary>
internal static class NovaApiReader
{
    // Of the several KiB of each request, the zone alone leaves the server.
    private const string Zones =
        """
        SELECT asked.Uuid AS Uuid, asked.Zone AS Zone
        FROM (
            SELECT instance_uuid AS Uuid,
                   CASE WHEN JSON_VALID(spec) THEN JSON_UNQUOTE(JSON_EXTRACT(spec, '$."nova_object.data".availability_zone')) END AS Zone
            FROM request_specs) AS asked
        WHERE asked.Zone IS NOT NULL AND asked.Zone <> 'null'
        """;

    /// <exception cref="CloudUnreadableException">It can't be read.</exception>
    public static async Task<NovaApiRows> ReadAsync(OpenDatabase<NovaApiContext> novaApi, CancellationToken cancellationToken)
    {
        var aggregates = AggregatesAsync(novaApi, cancellationToken);
        var groups = GroupsAsync(novaApi, cancellationToken);
        var zones = novaApi.ReadAsync(context => context.Database.SqlQueryRaw<RequestedZoneLine>(Zones).ToListAsync(cancellationToken));
        await Task.WhenAll(aggregates, groups, zones);
        return new NovaApiRows(
            await aggregates,
            await groups,
            (await zones).DistinctBy(each => each.Uuid).ToDictionary(each => each.Uuid, each => each.Zone!));
    }

    public static async Task<ILookup<string, AggregateLine>> AggregatesAsync(OpenDatabase<NovaApiContext> novaApi, CancellationToken cancellationToken)
    {
        var aggregates = novaApi.ReadAsync(context => context.Aggregates.ToListAsync(cancellationToken));
        var hosts = novaApi.ReadAsync(context => context.AggregateHosts.Where(row => row.Host != null).ToListAsync(cancellationToken));
        var metadata = novaApi.ReadAsync(context => context.AggregateMetadata.ToListAsync(cancellationToken));
        await Task.WhenAll(aggregates, hosts, metadata);

        var metadataOf = (await metadata).ToLookup(row => row.AggregateId);
        var lines = (await aggregates).ToDictionary(
            row => row.Id,
            row => new AggregateLine(row.Name ?? "", metadataOf[row.Id].ToLookup(each => each.Key, each => each.Value)));
        return (await hosts).Where(row => lines.ContainsKey(row.AggregateId)).ToLookup(row => row.Host!, row => lines[row.AggregateId]);
    }

    private static async Task<ILookup<string, ServerGroupView>> GroupsAsync(OpenDatabase<NovaApiContext> novaApi, CancellationToken cancellationToken)
    {
        var groups = novaApi.ReadAsync(context => context.InstanceGroups.ToListAsync(cancellationToken));
        var policies = novaApi.ReadAsync(context => context.InstanceGroupPolicy.Where(row => row.Policy != null).ToListAsync(cancellationToken));
        var members = novaApi.ReadAsync(context => context.InstanceGroupMember.Where(row => row.InstanceUuid != null).ToListAsync(cancellationToken));
        await Task.WhenAll(groups, policies, members);

        var policyOf = (await policies).ToLookup(row => row.GroupId);
        var views = new Dictionary<int, ServerGroupView>();
        foreach (var group in await groups)
        {
            if (policyOf[group.Id].FirstOrDefault() is { } policy && Guid.TryParse(group.Uuid, out var uuid))
            {
                views[group.Id] = new ServerGroupView(uuid, group.Name ?? "", policy.Policy!, Json.WholeNumber(policy.Rules, "max_server_per_host") ?? 1);
            }
        }

        return (await members).Where(row => views.ContainsKey(row.GroupId)).ToLookup(row => row.InstanceUuid!, row => views[row.GroupId]);
    }
}
