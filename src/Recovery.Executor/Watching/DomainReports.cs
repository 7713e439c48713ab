using System.Xml;
using System.Xml.Linq;
using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Reading;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>libvirt's domain → the protocol's: what must be known of it on the day when this host is dead.</summary>
internal sealed class DomainReports(LastKnown lastKnown, ILogger<DomainReports> log)
{
    /// <summary>What libvirt says of a domain at one moment.</summary>
    /// <param name="LiveXml">Null when it is off.</param>
    /// <param name="LiveSizes">Bytes by disk target, of disks whose size only the running guest tells.</param>
    internal sealed record Sight(
        string Uuid, string Name, LibvirtState State, bool IsPersistent, bool Autostart, string InactiveXml, string? LiveXml,
        IReadOnlyDictionary<string, ulong> LiveSizes);

    /// <summary>Asks libvirt; blocks.</summary>
    public static Sight Look(LibvirtDomain domain)
    {
        var isActive = domain.IsActive();
        var live = isActive ? domain.LiveXml() : null;
        return new Sight(domain.Uuid, domain.Name, domain.State(), domain.IsPersistent(), domain.IsPersistent() && domain.Autostart(),
            Definition(domain), live, live is null ? new Dictionary<string, ulong>() : LiveSizes(domain, live));
    }

    private static string Definition(LibvirtDomain domain)
    {
        try
        {
            return ConsolePasswords.Empty(domain.InactiveXmlWithPasswords());
        }
        catch (DomainXmlException)
        {
            return domain.InactiveXml(); // What can't be read is reported as it is, and can't be defined elsewhere.
        }
    }

    public async Task<Domain> Report(Sight sight, IReadOnlyList<StorageRoot> storages, bool endedByHost, DomainState before)
    {
        var report = new Domain
        {
            Uuid = sight.Uuid,
            Name = sight.Name,
            State = DomainStates.Meaning(sight.State, endedByHost, before),
            Persistent = sight.IsPersistent,
            Autostart = sight.Autostart,
            Definition = sight.InactiveXml,
        };
        try
        {
            var facts = DomainReader.Read(sight.InactiveXml);
            report.MemoryMib = facts.MemoryMiB;
            report.Vcpus = facts.Vcpus;
            foreach (var disk in facts.Disks) report.Disks.Add(await Disk(sight, disk, storages));
            foreach (var file in facts.Files) report.Files.Add(File(storages, file.Role, file.Path, ""));
            foreach (var disk in await LiveOnly(sight, facts, storages)) report.Disks.Add(disk);
            report.Policy = RequirementReports.Policy(sight.InactiveXml);
            report.Requirements = RequirementReports.Requirements(sight.InactiveXml, facts);
        }
        catch (DomainXmlException unreadable)
        {
            // The domain is reported all the same: its definition lets the control plane say the same of it.
            log.LogWarning("the definition of {Domain} can't be read: {Reason}", sight.Name, unreadable.Message);
        }
        return report;
    }

    private async Task<IReadOnlyList<Disk>> LiveOnly(Sight sight, DomainFacts definition, IReadOnlyList<StorageRoot> storages)
    {
        if (sight.LiveXml is null) return [];
        var elements = DiskElements(sight.LiveXml);
        var disks = new List<Disk>();
        foreach (var disk in DomainReader.Read(sight.LiveXml).Disks.ExceptBy(definition.Disks.Select(disk => disk.Target), disk => disk.Target))
        {
            var report = await Disk(sight, disk, storages);
            report.LiveOnly = true;
            report.LiveXml = elements.GetValueOrDefault(disk.Target) ?? "";
            disks.Add(report);
        }
        return disks;
    }

    private async Task<Disk> Disk(Sight sight, DiskFacts facts, IReadOnlyList<StorageRoot> storages)
    {
        var disk = new Disk
        {
            Target = facts.Target,
            Device = facts.Device,
            Format = facts.Format,
            ReadOnly = facts.ReadOnly,
            Shareable = facts.Shareable,
        };
        switch (facts.Source)
        {
            case FileSource file:
                var chain = await lastKnown.Chain(file.Path, facts.Format);
                disk.File = File(storages, "disk", file.Path, facts.Format);
                disk.BackingFiles.Add(chain.Skip(1).Select(backing => File(storages, "backing", backing.Path, backing.Format)));
                disk.SizeBytes = chain.Count > 0 ? chain[0].VirtualSize : 0;
                return disk;
            case BlockSource { Iscsi: null } block:
                disk.BlockDevice = block.Path;
                break;
            case BlockSource { Iscsi: { } lun }:
                disk.Iscsi = Lun(lun);
                break;
            case IscsiSource lun:
                disk.Iscsi = Lun(lun);
                break;
            case NetworkSource network:
                disk.Network = network.Name;
                break;
        }
        disk.SizeBytes = lastKnown.Size(sight.Uuid, facts.Target, sight.LiveSizes.TryGetValue(facts.Target, out var seen) ? seen : null);
        return disk;
    }

    private static HostFile File(IReadOnlyList<StorageRoot> storages, string role, string path, string format)
    {
        var location = StoragePaths.Locate(storages, path);
        return new HostFile
        {
            Role = role,
            Path = path,
            StorageId = location?.StorageId ?? "",
            PathInStorage = location?.PathInStorage ?? "",
            Format = format,
        };
    }

    private static IscsiLun Lun(IscsiSource lun) => new()
    {
        PortalHost = lun.PortalHost,
        PortalPort = (uint)lun.PortalPort,
        TargetName = lun.TargetName,
        Lun = lun.Lun,
        ChapUsername = lun.ChapUsername ?? "",
        InitiatorName = lun.InitiatorName ?? "",
    };

    private static Dictionary<string, ulong> LiveSizes(LibvirtDomain domain, string liveXml)
    {
        var sizes = new Dictionary<string, ulong>();
        try
        {
            foreach (var disk in DomainReader.Read(liveXml).Disks.Where(disk => disk.Source is not (FileSource or NoSource)))
            {
                if (domain.BlockSize(disk.Target) is { } size) sizes[disk.Target] = size;
            }
        }
        catch (DomainXmlException)
        {
            // The report says why, once, when it reads the same text.
            return sizes;
        }
        return sizes;
    }

    // The text has passed DomainReader; it is opened with the same care.
    private static Dictionary<string, string> DiskElements(string domainXml)
    {
        using var reader = XmlReader.Create(new StringReader(domainXml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XElement.Load(reader).Elements("devices").Elements("disk")
            .Where(disk => disk.Element("target")?.Attribute("dev") is not null)
            .GroupBy(disk => disk.Element("target")!.Attribute("dev")!.Value)
            .ToDictionary(same => same.Key, same => same.First().ToString(SaveOptions.DisableFormatting));
    }
}
