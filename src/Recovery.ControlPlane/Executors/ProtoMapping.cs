using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>The protocol's words in the core's. What can't be read is said, never guessed.</summary>
internal static class ProtoMapping
{
    /// <summary>A domain as a row of this host.</summary>
    /// <returns>Null when it can't be read; then <paramref name="faults"/> names every reason.</returns>
    public static DomainRow? ToRow(Proto.Domain domain, string host, DateTimeOffset at, out IReadOnlyList<string> faults)
    {
        var found = new List<string>();
        if (!Guid.TryParseExact(domain.Uuid, "D", out var uuid) || uuid == Guid.Empty)
        {
            found.Add($"its uuid '{domain.Uuid}' is none");
        }

        if (string.IsNullOrWhiteSpace(domain.Name))
        {
            found.Add("it has no name");
        }

        // An empty definition would overwrite the only copy that is left once the host is dead.
        if (string.IsNullOrWhiteSpace(domain.Definition))
        {
            found.Add("it has no definition");
        }

        if (StateOf(domain.State) is not { } state)
        {
            found.Add($"its state {(int)domain.State} is not known to this version");
            state = default;
        }

        if (domain.MemoryMib > long.MaxValue)
        {
            found.Add($"its memory of {domain.MemoryMib} MiB is absurd");
        }

        if (domain.Vcpus > int.MaxValue)
        {
            found.Add($"its {domain.Vcpus} vCPUs are absurd");
        }

        foreach (var disk in domain.Disks)
        {
            found.AddRange(FaultsOf(disk));
        }

        var (policy, policyFaults) = FactMapping.ToPolicy(domain.Policy);
        faults = found;
        return found.Count > 0
            ? null
            : new DomainRow
            {
                Host = host,
                Uuid = uuid,
                Name = domain.Name,
                State = state,
                WhyOffIsForgotten = domain.State == Proto.DomainState.Inactive,
                Persistent = domain.Persistent,
                Autostart = domain.Autostart,
                Definition = domain.Definition,
                MemoryMib = (long)domain.MemoryMib,
                Vcpus = (int)domain.Vcpus,
                Disks = [.. domain.Disks.Select(ToDisk)],
                Files = [.. domain.Files.Select(ToFile)],
                Requirements = FactMapping.ToRequirements(domain.Requirements),
                CpuXml = domain.Requirements?.CpuXml ?? "",
                Policy = policy,
                PolicyFaults = policyFaults,
                ReportedAt = at,
            };
    }

    public static StorageView ToView(Proto.Storage storage) =>
        new(storage.Id, storage.Path, Clamp(storage.FreeMib), Clamp(storage.SizeMib));

    public static long Clamp(ulong value) => value > long.MaxValue ? long.MaxValue : (long)value;

    public static Proto.Storage ToProto(StorageView storage) => new()
    {
        Id = storage.Id,
        Path = storage.Path,
        FreeMib = (ulong)storage.FreeMib,
        SizeMib = (ulong)storage.SizeMib,
    };

    public static Proto.HostFile ToProto(HostFile file) => new()
    {
        Role = file.Role,
        Path = file.Path,
        StorageId = file.StorageId,
        PathInStorage = file.PathInStorage,
        Format = file.Format,
    };

    public static Proto.IscsiLun ToProto(IscsiLun lun) => new()
    {
        PortalHost = lun.PortalHost,
        PortalPort = (uint)lun.PortalPort,
        TargetName = lun.TargetName,
        Lun = (uint)lun.Lun,
        ChapUsername = lun.ChapUsername,
        InitiatorName = lun.InitiatorName,
    };

    public static Proto.NfsShare ToProto(ShareFile share) => new()
    {
        Export = share.Export,
        Options = share.Options,
        Name = share.Name,
        Format = share.Format,
    };

    public static Proto.Port ToProto(NetworkPort port) => new()
    {
        Id = port.Id.ToString("D"),
        Kind = port.Kind == PortKind.OpenVswitch ? Proto.PortKind.OpenVswitch : Proto.PortKind.LinuxBridge,
        Bridge = port.Bridge,
        Tap = port.Device,
        Mac = port.MacAddress,
        Mtu = (uint)port.Mtu,
    };

    /// <summary>An error code as the journal keeps it: <c>DISK_MISSING</c>.</summary>
    public static string NameOf(Proto.ErrorCode code)
    {
        // The generated names lost their underscores; a code that only a newer executor knows has no name at all.
        var value = Proto.ExecutorReflection.Descriptor.FindTypeByName<Google.Protobuf.Reflection.EnumDescriptor>("ErrorCode")
            .FindValueByNumber((int)code);
        return value?.Name["ERROR_CODE_".Length..] ?? ((int)code).ToString(CultureInfo.InvariantCulture);
    }

    private static DomainState? StateOf(Proto.DomainState state) => state switch
    {
        Proto.DomainState.Running => DomainState.Running,
        Proto.DomainState.Paused => DomainState.Paused,
        Proto.DomainState.ShutOff => DomainState.ShutOff,
        Proto.DomainState.Crashed => DomainState.Crashed,
        Proto.DomainState.Inactive => DomainState.ShutOff,
        _ => null,
    };

    private static IEnumerable<string> FaultsOf(Proto.Disk disk)
    {
        if (disk.Target.Length == 0)
        {
            yield return "one of its disks has no target";
        }

        if (disk.SizeBytes > long.MaxValue)
        {
            yield return $"the size of its disk {disk.Target} is absurd";
        }

        if (disk.SourceCase == Proto.Disk.SourceOneofCase.Iscsi
            && (disk.Iscsi.PortalPort is 0 or > 65535 || disk.Iscsi.Lun > int.MaxValue || disk.Iscsi.TargetName.Length == 0))
        {
            yield return $"the iSCSI source of its disk {disk.Target} "
                + $"(target '{disk.Iscsi.TargetName}', port {disk.Iscsi.PortalPort}, LUN {disk.Iscsi.Lun}) is none";
        }
    }

    private static Disk ToDisk(Proto.Disk disk) => new()
    {
        Target = disk.Target,
        Device = disk.Device.Length > 0 ? disk.Device : "disk",
        Format = disk.Format,
        ReadOnly = disk.ReadOnly,
        Shareable = disk.Shareable,
        SizeBytes = (long)disk.SizeBytes,
        LiveXml = disk.LiveOnly ? disk.LiveXml : null,
        File = disk.SourceCase == Proto.Disk.SourceOneofCase.File ? ToFile(disk.File) : null,
        BackingFiles = [.. disk.BackingFiles.Select(ToFile)],
        BlockDevice = disk.SourceCase == Proto.Disk.SourceOneofCase.BlockDevice ? disk.BlockDevice : null,
        Iscsi = disk.SourceCase == Proto.Disk.SourceOneofCase.Iscsi ? ToLun(disk.Iscsi) : null,
        Network = disk.SourceCase == Proto.Disk.SourceOneofCase.Network ? disk.Network : null,
    };

    private static HostFile ToFile(Proto.HostFile file) =>
        new(file.Role, file.Path, file.StorageId, file.PathInStorage, file.Format);

    private static IscsiLun ToLun(Proto.IscsiLun lun) =>
        new(lun.PortalHost, (int)lun.PortalPort, lun.TargetName, (int)lun.Lun, lun.ChapUsername, lun.InitiatorName);
}
