using System.Xml.Linq;

namespace Recovery.Executor.DomainXml.Document;

/// <summary>
/// What every definition must be before a rule looks at it. Whatever could make libvirt see another machine than the
/// rules saw (a second disk list, an element of a foreign namespace among the devices) is a fault, not a guess.
/// </summary>
internal static class DomainShape
{
    private static readonly string[] SinglesOfDomain =
        ["uuid", "name", "memory", "currentMemory", "vcpu", "os", "cpu", "cputune", "numatune", "memoryBacking", "devices", "metadata"];

    private static readonly Dictionary<string, string[]> SinglesOf = new()
    {
        ["os"] = ["type", "loader", "nvram", "kernel", "initrd", "dtb"],
        ["devices"] = ["emulator"],
        ["disk"] = ["source", "target", "driver", "auth"],
        ["interface"] = ["source", "target", "mac"],
        ["filesystem"] = ["source", "target", "driver"],
        ["nvram"] = ["source"],
        ["backend"] = ["source"],
    };

    public static void Check(XElement domain)
    {
        if (domain.Name != "domain")
        {
            throw new DomainXmlException(
                $"The root element is {Sentence.Quote(domain.Name.ToString())}; a definition's is 'domain', as 'virsh dumpxml --inactive' prints it.");
        }

        foreach (var name in SinglesOfDomain)
        {
            CheckSingle(domain, name);
        }

        if (domain.Element("uuid") is not { } uuid || !Guid.TryParse(uuid.Value.Trim(), out _))
        {
            throw new DomainXmlException("The domain has no valid <uuid>, so nothing could tell whether it already runs elsewhere.");
        }

        CheckName(domain.Element("name")?.Value);
        CheckNamespaces(domain);
        CheckParts(domain);
        CheckDiskTargets(domain);
    }

    private static void CheckName(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            throw new DomainXmlException("The domain has no <name>.");
        }

        // Host paths are made of it.
        if (name.Contains('/', StringComparison.Ordinal) || name is "." or ".." || name.Any(char.IsControl))
        {
            throw new DomainXmlException($"The domain's name {Sentence.Quote(name)} has a slash or a control character in it, which libvirt doesn't allow.");
        }
    }

    // libvirt's parser partly looks at local names only.
    private static void CheckNamespaces(XElement domain)
    {
        var foreign = domain.Elements()
            .Where(part => part.Name.Namespace == XNamespace.None && part.Name != "metadata")
            .SelectMany(part => part.Descendants())
            .FirstOrDefault(part => part.Name.Namespace != XNamespace.None);
        if (foreign is not null)
        {
            throw new DomainXmlException($"The element {Sentence.Quote(foreign.Name.ToString())} has a namespace, where the definition's own elements have none.");
        }
    }

    private static void CheckParts(XElement domain)
    {
        foreach (var part in domain.Elements().Where(part => part.Name != "metadata").SelectMany(part => part.DescendantsAndSelf()))
        {
            if (SinglesOf.TryGetValue(part.Name.ToString(), out var singles))
            {
                Array.ForEach(singles, name => CheckSingle(part, name));
            }
        }
    }

    private static void CheckSingle(XElement parent, string name)
    {
        if (parent.Elements(name).Skip(1).Any())
        {
            throw new DomainXmlException($"The element <{parent.Name}> has two <{name}> elements where one is allowed, so it isn't clear which of them libvirt would take.");
        }
    }

    private static void CheckDiskTargets(XElement domain)
    {
        var targets = domain.Elements("devices").Elements("disk").Select(disk => disk.Element("target").Get("dev")).ToList();
        if (targets.Any(string.IsNullOrEmpty))
        {
            throw new DomainXmlException("A disk has no <target dev>, so it can't be named.");
        }

        if (targets.GroupBy(target => target).FirstOrDefault(group => group.Skip(1).Any()) is { } twice)
        {
            throw new DomainXmlException($"Two disks have the same target {Sentence.Quote(twice.Key)}.");
        }
    }
}
