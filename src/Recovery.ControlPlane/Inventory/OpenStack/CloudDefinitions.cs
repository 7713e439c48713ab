using System.Xml;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Definitions;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// Instances' definitions: as the host that Nova names reported them last, with the volumes that Nova has; of what it never
/// reported, made of Nova's rows.
/// </summary>
internal sealed class CloudDefinitions(
    IDbContextFactory<RecoveryDbContext> contexts, ReportedClusterReader reports, CloudConnections connections, TimeProvider time)
{
    /// <summary>Of every instance one, be it one that can't be used.</summary>
    /// <exception cref="CloudUnreadableException">nova_api can't be read.</exception>
    public async Task<IReadOnlyDictionary<Guid, KeptDefinition>> OfAsync(
        IReadOnlyCollection<InstanceFacts> instances, CancellationToken cancellationToken)
    {
        var (domains, hosts) = await ReportedAsync(instances, cancellationToken);
        var definitions = new Dictionary<Guid, KeptDefinition>();
        var unknown = new List<InstanceFacts>();
        foreach (var facts in instances)
        {
            var (host, id) = KeyOf(facts);
            if (domains.GetValueOrDefault((host, id)) is not { } domain)
            {
                unknown.Add(facts);
            }
            else
            {
                definitions[id] = Understood(facts, () => Reported(facts, domain, hosts.GetValueOrDefault(host)));
            }
        }

        if (unknown.Count > 0)
        {
            var storages = await StoragesAsync(cancellationToken);
            foreach (var facts in unknown)
            {
                var (host, id) = KeyOf(facts);
                definitions[id] = Understood(facts, () => Made(facts, hosts.GetValueOrDefault(host), storages.Of(host, facts.Cell)));
            }
        }

        return definitions;
    }

    private static (string Host, Guid Uuid) KeyOf(InstanceFacts facts) => (facts.Instance.Host ?? "", facts.Instance.Uuid);

    // One instance whose documents somebody has broken must not keep the others down.
    private KeptDefinition Understood(InstanceFacts facts, Func<KeptDefinition> make)
    {
        try
        {
            return make();
        }
        catch (Exception failure) when (failure is InvalidOperationException or FormatException or ArgumentException or XmlException)
        {
            return new KeptDefinition("", [], "", time.GetUtcNow())
            {
                Refusals = [$"Its rows in nova can't be understood, so no definition can be made of them: {failure.Message} Compare its instance_info_caches, instance_extra and block_device_mapping with those of another instance."],
            };
        }
    }

    private KeptDefinition Reported(InstanceFacts facts, DomainRow domain, HostRow? host)
    {
        var ports = CloudPorts.Of(facts);
        return KeptVolumes.Mend(domain.Definition, facts, DefinitionPlaces.Of(connections.Options, instancesPath: null)) is { } mended
            ? new KeptDefinition(mended.Xml, host?.Storages ?? [], host?.CpuModel ?? "", domain.ReportedAt)
            {
                PolicyFaults = domain.PolicyFaults,
                Ports = ports.Ports,
                Guessed = mended.Changes,
                Refusals = [.. mended.Refusals, .. ports.Refusals],
            }
            : new KeptDefinition("", host?.Storages ?? [], host?.CpuModel ?? "", domain.ReportedAt)
            {
                Ports = ports.Ports,
                Refusals = [$"{domain.Host} reported a definition of it that can't be read as XML."],
            };
    }

    private KeptDefinition Made(InstanceFacts facts, HostRow? host, InstancesStorage? storage)
    {
        var ports = CloudPorts.Of(facts);
        var built = DefinitionBuilder.Build(
            facts with { NetworkInfo = ports.NetworkInfo }, DefinitionPlaces.Of(connections.Options, storage?.Path));
        return new KeptDefinition(
            built.Xml,
            host is { Storages.Count: > 0 } ? host.Storages : RootOf(storage),
            host?.CpuModel ?? "",
            time.GetUtcNow())
        {
            Ports = ports.Ports,
            Guessed =
            [
                $"{facts.Instance.Host} never reported it: it is made of Nova's rows, what none of them says is as Recovery:OpenStack:Definitions has it, and its devices get new addresses.",
                .. built.Missing,
                .. ports.Guessed,
            ],
            Refusals = [.. built.Refusals.Concat(ports.Refusals).Distinct(StringComparer.Ordinal)],
        };
    }

    // The rewriter maps paths by the roots of storages.
    private static IReadOnlyList<StorageView> RootOf(InstancesStorage? storage)
    {
        var inside = storage is { PathInStorage.Length: > 0 } ? $"/{storage.PathInStorage}" : "";
        return storage is not null && storage.Path.EndsWith(inside, StringComparison.Ordinal)
            ? [new StorageView(storage.StorageId, storage.Path[..^inside.Length], 0, 0)]
            : [];
    }

    private async Task<InstancesStorages> StoragesAsync(CancellationToken cancellationToken)
    {
        var cells = HostCells.ReadAsync(connections, cancellationToken);
        var reported = reports.ReadAsync(exceptRecovery: null, cancellationToken);
        await Task.WhenAll(cells, reported);
        return new InstancesStorages(await cells, (await reported).InstancesStorages);
    }

    private async Task<(Dictionary<(string Host, Guid Uuid), DomainRow> Domains, Dictionary<string, HostRow> Hosts)> ReportedAsync(
        IReadOnlyCollection<InstanceFacts> instances, CancellationToken cancellationToken)
    {
        var ids = instances.Select(facts => facts.Instance.Uuid).ToList();
        var names = instances.Select(facts => facts.Instance.Host).OfType<string>().Distinct().ToList();
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        var domains = await database.Domains.AsNoTracking()
            .Where(row => ids.Contains(row.Uuid) && names.Contains(row.Host))
            .ToDictionaryAsync(row => (row.Host, row.Uuid), cancellationToken);
        var hosts = await database.Hosts.AsNoTracking()
            .Where(row => names.Contains(row.Name))
            .ToDictionaryAsync(row => row.Name, StringComparer.Ordinal, cancellationToken);
        return (domains, hosts);
    }
}
