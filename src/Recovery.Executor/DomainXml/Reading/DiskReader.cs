using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Reading;

internal static class DiskReader
{
    private const int IscsiPort = 3260;

    public static DiskFacts Read(XElement disk)
    {
        var device = disk.Get("device") ?? "disk";
        return new DiskFacts(
            disk.Element("target").Get("dev")!,
            device,
            disk.Element("driver").Get("type") ?? "raw",
            device == "cdrom" || disk.Element("readonly") is not null,
            disk.Element("shareable") is not null,
            Source(disk));
    }

    private static DiskSource Source(XElement disk)
    {
        var source = disk.Element("source");
        return (disk.Get("type") ?? "file") switch
        {
            "file" when source.Get("file") is { Length: > 0 } path => new FileSource(path),
            "dir" when source.Get("dir") is { Length: > 0 } path => new FileSource(path),
            "block" when source.Get("dev") is { Length: > 0 } path => new BlockSource(path, IscsiByPath.Parse(path)),
            "network" when source.Get("protocol") == "iscsi" => Iscsi(disk, source!),
            "network" when source is not null => new NetworkSource($"{source.Get("protocol")}:{source.Get("name")}"),
            "volume" when source is not null => new NetworkSource($"volume:{source.Get("pool")}/{source.Get("volume")}"),
            "file" or "dir" or "block" or "network" or "volume" => new NoSource(),
            var type => new NetworkSource(type + ":" + (source.Get("path") ?? source.Get("dev"))),
        };
    }

    private static IscsiSource Iscsi(XElement disk, XElement source)
    {
        var name = source.Get("name") ?? string.Empty;
        var host = source.Element("host");
        var subject = Subjects.Disk(disk);

        // "IQN/LUN"; without a number it is LUN 0.
        var slash = name.LastIndexOf('/');
        var target = slash < 0 ? name : name[..slash];
        var lun = 0u;
        if (target.Length == 0 || (slash >= 0 && !uint.TryParse(name.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out lun)))
        {
            throw new DomainXmlException($"{subject}: the iSCSI source {Sentence.Quote(name)} is no target name with a LUN's number, as 'iqn.2004-10.com.example:disk/1'.");
        }

        var port = IscsiPort;
        if (host.Get("port") is { } written && (!int.TryParse(written, NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw new DomainXmlException($"{subject}: the iSCSI portal's port {Sentence.Quote(written)} is no TCP port.");
        }

        return new IscsiSource(
            host.Get("name") ?? string.Empty,
            port,
            target,
            lun,
            (source.Element("auth") ?? disk.Element("auth")).Get("username"),
            source.Element("initiator")?.Element("iqn").Get("name"));
    }
}
