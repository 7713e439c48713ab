using Recovery.Executor.DomainXml.Document;
using Recovery.Executor.DomainXml.Rules;

namespace Recovery.Executor.DomainXml;

/// <summary>
/// Makes a definition ready for another host. What the guest sees (addresses, MACs, serials, UUID, boot order, machine
/// type, metadata) never changes; what is bound to the host is mapped, or refused with its reason. A pure function:
/// the same definition and profile give the same text and the same sentences.
/// </summary>
public static class DomainRewriter
{
    private static readonly Action<Rewriting>[] Rules =
    [
        RuntimePartsRule.Apply,
        HypervisorRule.Apply,
        CpuRule.Apply,
        PlacementRule.Apply,
        ConfidentialRule.Apply,
        FirmwareRule.Apply,
        NeededFilesRule.Apply,
        DiskRule.Apply,
        InterfaceRule.Apply,
        GraphicsRule.Apply,
        CharacterDeviceRule.Apply,
        PassthroughRule.Apply,
        CommandLineRule.Apply,
    ];

    /// <exception cref="DomainXmlException">The text is no domain XML that can be read safely.</exception>
    public static RewriteResult Rewrite(string domainXml, TargetProfile target)
    {
        ArgumentNullException.ThrowIfNull(target);
        var document = DomainDocument.Parse(domainXml);
        var rewriting = new Rewriting(document.Domain, target);
        foreach (var rule in Rules)
        {
            rule(rewriting);
        }

        return new RewriteResult(rewriting.Refusals.Count == 0 ? document.ToString() : null, rewriting.Changes, rewriting.Refusals);
    }
}
