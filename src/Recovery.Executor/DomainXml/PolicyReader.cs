using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml;

/// <summary>
/// Reads the owner's wishes from a definition's metadata. They are written by hand, so a slip in them is likely; it
/// becomes a sentence, and what is beside it still counts. No slip may cost the instance its recovery.
/// </summary>
public static class PolicyReader
{
    private static readonly XName Root = XName.Get("policy", DomainPolicy.Namespace);

    private static readonly string[] Rules = ["affinity", "anti-affinity", "soft-affinity", "soft-anti-affinity"];

    /// <summary>Null when the definition says nothing.</summary>
    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely.</exception>
    public static DomainPolicy? Read(string domainXml)
    {
        var ours = DomainDocument.Parse(domainXml).Domain.Elements("metadata").Elements()
            .Where(element => element.Name.Namespace == Root.Namespace).ToList();
        if (ours.Count == 0)
        {
            return null;
        }

        var faults = new List<string>();
        var roots = ours.FindAll(element => element.Name == Root);
        faults.AddRange(ours.Except(roots).Select(other => $"The element {Sentence.Quote(other.Name.LocalName)} is not known; the policy's is 'policy'."));
        if (roots.Count > 1)
        {
            faults.Add($"There are {roots.Count} policies; the first one counts. Remove the others.");
        }

        return roots.Count == 0 ? new DomainPolicy { Faults = faults } : Policy(roots[0], faults);
    }

    private static DomainPolicy Policy(XElement root, List<string> faults)
    {
        OnlyAttributes(root, faults, "priority", "recover", "class", "zone", "image");
        var (after, groups, aggregates, required, forbidden) =
            (new List<string>(), new List<PolicyGroup>(), new List<string>(), new List<string>(), new List<string>());
        var gates = root.Elements().Where(child => child.Name.LocalName == "ready").ToList();

        // virsh puts only the root into the namespace: children count whatever theirs is.
        foreach (var child in root.Elements())
        {
            switch (child.Name.LocalName)
            {
                case "after":
                    Add(after, After(child, faults));
                    break;
                case "group":
                    Add(groups, Group(child, faults));
                    break;
                case "aggregate":
                    OnlyAttributes(child, faults, "name");
                    Add(aggregates, Named(child, "name", faults));
                    break;
                case "trait":
                    Trait(child, required, forbidden, faults);
                    break;
                case "ready":
                    break;
                default:
                    faults.Add($"The element {Sentence.Quote(child.Name.LocalName)} is not known; there are 'after', 'group', 'aggregate', 'trait' and 'ready'.");
                    break;
            }
        }

        return new DomainPolicy
        {
            Priority = Priority(root, faults),
            OptOut = OptOut(root, faults),
            Class = root.Get("class")?.Trim() ?? "",
            Zone = root.Get("zone")?.Trim() ?? "",
            Image = root.Get("image")?.Trim() ?? "",
            Ready = Ready(gates, faults),
            After = after,
            Groups = groups,
            Aggregates = aggregates,
            RequiredTraits = required,
            ForbiddenTraits = forbidden,
            Faults = faults,
        };
    }

    private static ReadinessGate? Ready(List<XElement> gates, List<string> faults)
    {
        if (gates.Count == 0)
        {
            return null;
        }

        if (gates.Count > 1)
        {
            faults.Add($"There are {gates.Count} 'ready'; the first one counts. Remove the others.");
        }

        OnlyAttributes(gates[0], faults, "agent", "tcp", "http", "status", "within-seconds");
        return ReadinessReader.Read(gates[0], faults);
    }

    private static uint? Priority(XElement root, List<string> faults)
    {
        if (root.Get("priority") is not { } written)
        {
            return null;
        }

        if (Number(written) is { } priority and <= 100)
        {
            return priority;
        }

        faults.Add($"The priority {Sentence.Quote(written)} is no whole number from 0 to 100, so it counts as if none were given.");
        return null;
    }

    private static bool OptOut(XElement root, List<string> faults)
    {
        switch (root.Get("recover")?.Trim())
        {
            case null or "yes":
                return false;
            case "no":
                return true;
            default:
                faults.Add($"recover={Sentence.Quote(root.Get("recover"))} is neither 'yes' nor 'no', so it is recovered like any other.");
                return false;
        }
    }

    private static string? After(XElement child, List<string> faults)
    {
        OnlyAttributes(child, faults, "instance");
        if (Named(child, "instance", faults) is not { } written)
        {
            return null;
        }

        if (Guid.TryParse(written, out var uuid))
        {
            return uuid.ToString("D");
        }

        faults.Add($"It shall run after {Sentence.Quote(written)}, which is no UUID of an instance (virsh domuuid), so it waits for nobody there.");
        return null;
    }

    private static PolicyGroup? Group(XElement child, List<string> faults)
    {
        OnlyAttributes(child, faults, "name", "rule", "maximum-per-host");
        if (Named(child, "name", faults) is not { } name)
        {
            return null;
        }

        var rule = child.Get("rule")?.Trim() ?? "";
        if (!Rules.Contains(rule))
        {
            faults.Add($"The rule {Sentence.Quote(rule)} of group {Sentence.Quote(name)} is none of {Sentence.Quote(Rules)}, so the group does not count.");
            return null;
        }

        if (child.Get("maximum-per-host") is not { } most)
        {
            return new PolicyGroup(name, rule, 1);
        }

        if (Number(most) is { } maximum and > 0)
        {
            return new PolicyGroup(name, rule, maximum);
        }

        faults.Add($"maximum-per-host={Sentence.Quote(most)} of group {Sentence.Quote(name)} is no whole number from 1 up, so it counts as 1.");
        return new PolicyGroup(name, rule, 1);
    }

    private static void Trait(XElement child, List<string> required, List<string> forbidden, List<string> faults)
    {
        OnlyAttributes(child, faults, "required", "forbidden");
        var (wanted, unwanted) = (child.Get("required")?.Trim(), child.Get("forbidden")?.Trim());
        if (string.IsNullOrEmpty(wanted) && string.IsNullOrEmpty(unwanted))
        {
            faults.Add("A 'trait' names none: it is written with 'required' or with 'forbidden'.");
        }

        Add(required, string.IsNullOrEmpty(wanted) ? null : wanted);
        Add(forbidden, string.IsNullOrEmpty(unwanted) ? null : unwanted);
    }

    private static string? Named(XElement child, string attribute, List<string> faults)
    {
        if (child.Get(attribute)?.Trim() is { Length: > 0 } value)
        {
            return value;
        }

        faults.Add($"The element '{child.Name.LocalName}' has no {Sentence.Quote(attribute)}, so it does not count.");
        return null;
    }

    private static void OnlyAttributes(XElement element, List<string> faults, params string[] known) => faults.AddRange(
        element.Attributes().Where(attribute => !attribute.IsNamespaceDeclaration && !known.Contains(attribute.Name.LocalName))
            .Select(attribute => $"The attribute {Sentence.Quote(attribute.Name.LocalName)} of '{element.Name.LocalName}' is not known; there are {Sentence.Quote(known)}."));

    private static void Add<T>(List<T> list, T? value)
        where T : class
    {
        if (value is not null && !list.Contains(value))
        {
            list.Add(value);
        }
    }

    private static uint? Number(string text) =>
        uint.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
