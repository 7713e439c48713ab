using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Puts rows of several databases together to hosts and instances.</summary>
internal sealed class CloudAssembly(
    OpenStackOptions options,
    NovaApiRows api,
    PlacementRows placement,
    IReadOnlyDictionary<string, UncommonVolume> uncommonVolumes,
    ILookup<string, string>? specialPorts)
{
    private static readonly HashSet<string> None = [];

    public IEnumerable<CloudHost> HostsOf(CellRows cell)
    {
        var nodes = cell.Nodes.ToLookup(row => row.Host!);
        return cell.Services.Select(row => HostOf(cell, row, nodes[row.Host!].FirstOrDefault()));
    }

    public IEnumerable<CloudInstance> InstancesOf(CellRows cell) =>
        cell.Instances.Where(row => Guid.TryParse(row.Uuid, out _)).Select(row => InstanceOf(cell, row));

    private CloudHost HostOf(CellRows cell, NovaContext.ServiceRow service, NovaContext.ComputeNodeRow? node)
    {
        var aggregates = api.Aggregates[service.Host!];
        var provider = node?.Uuid is { } uuid ? placement.Providers.GetValueOrDefault(uuid) : null;
        return new CloudHost
        {
            Name = service.Host!,
            Node = node?.HypervisorHostname ?? "",
            Cell = cell.Cell,
            Address = node?.HostIp ?? "",
            Disabled = service.Disabled == true,
            DisabledReason = service.DisabledReason ?? "",
            ForcedDown = service.ForcedDown == true,
            LastSeenUp = service.LastSeenUp is { } seen ? new DateTimeOffset(seen, TimeSpan.Zero) : null,
            Zone = AggregateLine.ZoneOf(aggregates, options),
            Aggregates = aggregates.Select(each => each.Name).ToHashSet(),
            AggregateMetadata = aggregates
                .SelectMany(each => each.Metadata)
                .GroupBy(values => values.Key)
                .ToDictionary(values => values.Key, IReadOnlySet<string> (values) => values.SelectMany(each => each).ToHashSet()),
            Provider = provider,
            Traits = provider is null ? None : placement.Traits.GetValueOrDefault(provider.Id) ?? None,
            OpenEvacuations = cell.OpenEvacuations.GetValueOrDefault(service.Host!),
        };
    }

    private CloudInstance InstanceOf(CellRows cell, InstanceLine row)
    {
        var extra = cell.Extras.GetValueOrDefault(row.Uuid);
        var volumes = cell.Volumes[row.Uuid];
        var properties = cell.ImageProperties[row.Uuid];
        return new CloudInstance
        {
            Uuid = Guid.Parse(row.Uuid),
            Id = row.Id,
            Name = row.Name ?? "",
            Host = row.Host,
            Node = row.Node ?? "",
            Cell = cell.Cell,
            VmState = row.VmState ?? "",
            TaskState = row.TaskState,
            PowerState = row.PowerState ?? 0,
            MemoryMib = row.MemoryMib ?? 0,
            Vcpus = row.Vcpus ?? 0,
            RootGib = row.RootGib ?? 0,
            EphemeralGib = row.EphemeralGib ?? 0,
            RequestedZone = api.RequestedZones.GetValueOrDefault(row.Uuid, ""),
            ImageRef = row.ImageRef ?? "",
            RootDevice = DeviceOf(row.RootDevice) is { Length: > 0 } root ? root : "vda",
            ConfigDrive = row.ConfigDrive is { Length: > 0 } drive && !drive.Equals("false", StringComparison.OrdinalIgnoreCase),
            ExtraSpecs = Json.Texts(extra?.ExtraSpecs),
            ImageTraits = properties.Where(each => IsTrait(each.Key)).DistinctBy(each => each.Key).ToDictionary(each => each.Key[CellReader.TraitPrefix.Length..], each => each.Value ?? ""),
            ImageProperties = properties.Where(each => !IsTrait(each.Key)).DistinctBy(each => each.Key).ToDictionary(each => each.Key["image_".Length..], each => each.Value ?? ""),
            HasNumaTopology = extra?.HasNumaTopology == true,
            HasPciRequests = extra?.HasPciRequests == true,
            HasVpmems = extra?.HasVpmems == true,
            HasTrustedCerts = extra?.HasTrustedCerts == true,
            Allocations = [.. placement.Allocations[row.Uuid]],
            Groups = [.. api.Groups[row.Uuid]],
            Volumes = [.. volumes.Where(each => Guid.TryParse(each.Volume, out _)).Select(VolumeOf)],
            BootsFromVolume = volumes.Any(each => each.BootIndex == 0),
            SpecialVnicTypes = specialPorts is null ? [] : [.. specialPorts[row.Uuid]],
        };
    }

    private VolumeView VolumeOf(VolumeLine row)
    {
        var uncommon = uncommonVolumes.GetValueOrDefault(row.Volume!);
        return new VolumeView(
            Guid.Parse(row.Volume!),
            DeviceOf(row.DeviceName),
            VolumeConnection.Of(Json.Read(row.Connection) as JsonObject),
            uncommon?.Encrypted == true,
            uncommon?.Multiattach == true)
        { SizeGib = row.SizeGib ?? 0 };
    }

    private static string DeviceOf(string? name) =>
        name is not null && name.StartsWith("/dev/", StringComparison.Ordinal) ? name["/dev/".Length..] : name ?? "";

    private static bool IsTrait(string key) => key.StartsWith(CellReader.TraitPrefix, StringComparison.Ordinal);
}
