using Recovery.Executor.Configuration;
using Recovery.Executor.DomainXml;
using Recovery.Executor.Iscsi;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Storage;
using Recovery.Executor.Watching;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>What this host offers to a definition, asked afresh for each.</summary>
internal sealed class TargetProfiles(ExecutorSettings settings, StorageCatalogue catalogue, NfsShares shares)
{
    /// <exception cref="LibvirtException">libvirt can't tell.</exception>
    public TargetProfile For(LibvirtConnection connection, string instance, DefineDomain define, DomainFacts facts)
    {
        var host = HostCapabilities.Read(connection);
        var networks = HostCapabilities.Networks(connection);
        var secrets = LibvirtSecrets.All(connection);
        return new TargetProfile
        {
            Host = settings.Host,
            ListenAddress = settings.GuestListenAddress.ToString(),
            Architecture = host.Architecture,
            Emulators = host.Emulators,
            DomainTypes = host.DomainTypes,
            MachineTypes = host.MachineTypes,
            CpuModels = host.CpuModels,
            HostCpuModel = host.CpuModel.Length > 0 ? host.CpuModel : null,
            SourceHostCpuModel = define.SourceCpuModel.Length > 0 ? define.SourceCpuModel : null,
            Bridges = [.. NetworkDevices.Bridges().Union(define.Ports.Select(port => port.Bridge), StringComparer.Ordinal)],
            PluggedTaps = [.. define.Ports.Where(port => port.Kind == PortKind.OpenVswitch).Select(port => port.Tap)],
            BridgesKnown = true,
            Networks = networks ?? [],
            NetworksKnown = networks is not null,
            NetworkDevices = NetworkDevices.All(),
            FirmwareFiles = [.. facts.Firmware.Select(firmware => firmware.Path).Where(File.Exists)],
            SecretUuids = [.. secrets.Select(secret => secret.Uuid)],
            SecretUsages = [.. secrets.Select(secret => secret.Usage).Where(usage => usage.Length > 0)],
            Storages = Storages(define.SourceStorages),
            Volumes = [.. define.Volumes.Where(volume => volume.Iscsi is not null).Select(volume => Volume(instance, volume))],
            FileVolumes = [.. define.Volumes.Where(volume => volume.Nfs is not null).Select(volume => new FileVolume(volume.DiskTarget, shares.PathOf(volume.Nfs), volume.Nfs.Name))],
        };
    }

    private IReadOnlyList<StorageMapping> Storages(IEnumerable<Protocol.V1.Storage> source)
    {
        var here = catalogue.Read();
        return
        [
            .. from storage in source
               from root in here
               where root.Id == storage.Id
               select new StorageMapping(storage.Id, storage.Path, root.Path),
        ];
    }

    private static VolumeMapping Volume(string instance, Volume volume) => new(
        volume.DiskTarget,
        volume.Iscsi.PortalHost,
        volume.Iscsi.PortalPort == 0 ? 3260 : (int)volume.Iscsi.PortalPort,
        volume.Iscsi.TargetName,
        volume.Iscsi.Lun,
        volume.Iscsi.ChapUsername.Length > 0 ? volume.Iscsi.ChapUsername : null,
        volume.Iscsi.ChapUsername.Length > 0 ? SecretUsage.Of(instance, volume.Iscsi.TargetName) : null,
        volume.Iscsi.InitiatorName.Length > 0 ? volume.Iscsi.InitiatorName : null);
}
