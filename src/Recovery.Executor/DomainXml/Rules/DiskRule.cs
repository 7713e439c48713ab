using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Each disk must be the very same data on the target: a file on a shared storage, or a network disk that the target
/// can reach. No disk is left out or exchanged for another; what isn't clear is refused.
/// </summary>
internal static class DiskRule
{
    public static void Apply(Rewriting rewriting)
    {
        foreach (var disk in rewriting.Domain.Devices("disk").ToList())
        {
            var mapping = rewriting.Target.Volumes.FirstOrDefault(volume => volume.DiskTarget == disk.Element("target").Get("dev"));
            Apply(disk, mapping, rewriting);
            CheckSecrets(disk, mapping, rewriting);
        }
    }

    private static void Apply(XElement disk, VolumeMapping? mapping, Rewriting rewriting)
    {
        var subject = Subjects.Disk(disk);
        var type = disk.Get("type") ?? "file";
        var source = disk.Element("source");
        var isIscsi = type == "network" && source.Get("protocol") == "iscsi";
        var lun = type == "block" ? IscsiByPath.Parse(source.Get("dev")) : null;
        if (mapping is not null && !isIscsi && lun is null)
        {
            rewriting.Refuse($"{subject}: it shall become the iSCSI LUN {Sentence.Quote($"{mapping.TargetName}/{mapping.Lun}")}, but its definition names {Describe(disk)}; this release never exchanges a disk for another. Correct the volume's disk target.");
            return;
        }

        if (source is null || (type == "file" && string.IsNullOrEmpty(source.Get("file"))) || (type == "block" && string.IsNullOrEmpty(source.Get("dev"))))
        {
            RequireEmptyDrive(disk, subject, rewriting);
            return;
        }

        switch (type)
        {
            case "file" when rewriting.Target.FileVolumes.FirstOrDefault(volume => volume.DiskTarget == disk.Element("target").Get("dev")) is { } file:
                // The export's directory differs from host to host, the file in it does not.
                if (source.Get("file")!.Split('/')[^1] == file.Name)
                    rewriting.Replace(source, "file", file.Path, subject, "source");
                else
                    rewriting.Refuse($"{subject}: it shall become the volume {Sentence.Quote(file.Name)}, but its definition names {Describe(disk)}; this release never exchanges a disk for another. Correct the volume's disk target.");
                break;
            case "file" or "dir":
                FileDisk.Apply(disk, rewriting);
                break;
            case "block" or "network" when mapping is not null:
                IscsiDisk.Apply(disk, mapping, rewriting);
                break;
            case "block" when lun is not null:
                rewriting.Refuse($"{subject}: {Describe(disk)} is the iSCSI LUN {Sentence.Quote($"{lun.TargetName}/{lun.Lun}")}, and no volume tells how {rewriting.Target.Host} shall reach it. Name the volume in the request.");
                break;
            case "block":
                rewriting.Refuse($"{subject}: the block device {Sentence.Quote(source.Get("dev"))} belongs to the source, and its name on {rewriting.Target.Host} could be another disk. Only iSCSI LUNs below /dev/disk/by-path can be told apart in this release.");
                break;
            case "network":
                NetworkSourceRule.Apply(source, subject, rewriting);
                break;
            case "volume":
                rewriting.Refuse($"{subject}: it is a volume of the libvirt storage pool {Sentence.Quote(source.Get("pool"))}, which may be another one on {rewriting.Target.Host}. Name the image by its path in the definition.");
                break;
            default:
                rewriting.Refuse($"{subject}: a disk of type {Sentence.Quote(type)} is a device of the source, which {rewriting.Target.Host} doesn't have. Detach it from the guest, or recover the guest on its own host.");
                break;
        }

        FileDisk.ApplyToChain(disk, rewriting);
    }

    private static void RequireEmptyDrive(XElement disk, string subject, Rewriting rewriting)
    {
        if (disk.Get("device") is not ("cdrom" or "floppy"))
        {
            rewriting.Refuse($"{subject}: it has no source, so there is nothing to start from.");
        }
    }

    private static void CheckSecrets(XElement disk, VolumeMapping? mapping, Rewriting rewriting)
    {
        // The step that connects the volume makes the CHAP secret; all others must be there already.
        foreach (var secret in disk.Descendants("secret").Where(secret => mapping is null || secret.Parent?.Name != "auth"))
        {
            Secrets.Check(secret, Subjects.Disk(disk), rewriting);
        }
    }

    private static string Describe(XElement disk)
    {
        var source = disk.Element("source");
        return source.Get("file") is { } file ? $"the file {Sentence.Quote(file)}"
            : source.Get("dev") is { } device ? $"the block device {Sentence.Quote(device)}"
            : source.Get("protocol") is { } protocol ? $"the network disk {Sentence.Quote($"{protocol}:{source.Get("name")}")}"
            : source is null ? "no source" : $"a source of type {Sentence.Quote(disk.Get("type"))}";
    }
}
