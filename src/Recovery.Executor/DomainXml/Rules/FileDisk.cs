using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Images on storages that both hosts see. An image that the target doesn't see is a refusal, an ISO image in a drive
/// too: the guest may need it to start. Only startupPolicy='optional' is the owner's word that it doesn't; the drive
/// is then emptied, as libvirt itself would do at the start, and the change says so.
/// </summary>
internal static class FileDisk
{
    public static void Apply(XElement disk, Rewriting rewriting)
    {
        var source = disk.Element("source")!;
        var attribute = disk.Get("type") == "dir" ? "dir" : "file";
        var subject = Subjects.Disk(disk);
        if (source.Get("fdgroup") is { } group)
        {
            rewriting.Refuse($"{subject}: it uses file descriptors {Sentence.Quote(group)} that a program on the source passed to libvirt; nobody passes them on {rewriting.Target.Host}. Name the image by its path only.");
            return;
        }

        var path = source.Get(attribute) ?? string.Empty;
        var (mapped, fault) = StoragePaths.Map(path, rewriting.Target);
        if (mapped is not null)
        {
            rewriting.Replace(source, attribute, mapped, subject, "source");
        }
        else if (disk.Get("device") is "cdrom" or "floppy" && source.Get("startupPolicy") == "optional")
        {
            rewriting.Change($"{subject}: the medium {Sentence.Quote(path)} {fault}; the drive is emptied, as its startupPolicy='optional' allows.");
            source.RemoveIndented();
            disk.Element("backingStore")?.RemoveIndented();
        }
        else
        {
            rewriting.Refuse($"{subject}: {Sentence.Quote(path)} {fault}. {(disk.Get("device") == "cdrom" ? "Have the ISO image on shared storage, or eject it from the guest." : "Have the image on shared storage, or choose a host that sees it.")}");
        }
    }

    /// <summary>Backing images, data stores and the like that the definition itself spells out.</summary>
    public static void ApplyToChain(XElement disk, Rewriting rewriting)
    {
        foreach (var source in disk.Descendants("source").Where(source => source.Parent != disk).ToList())
        {
            var type = source.Parent.Get("type");
            var subject = $"{Subjects.Disk(disk)} ({source.Parent!.Name.LocalName})";
            if (type == "file")
            {
                var (mapped, fault) = StoragePaths.Map(source.Get("file") ?? string.Empty, rewriting.Target);
                if (mapped is null)
                {
                    rewriting.Refuse($"{subject}: {Sentence.Quote(source.Get("file"))} {fault}. Have the image on shared storage, or choose a host that sees it.");
                }
                else
                {
                    rewriting.Replace(source, "file", mapped, subject, "source");
                }
            }
            else if (type == "network")
            {
                NetworkSourceRule.Apply(source, subject, rewriting);
            }
            else
            {
                rewriting.Refuse($"{subject}: a source of type {Sentence.Quote(type)} belongs to the source host. Move the image to shared storage.");
            }
        }
    }
}
