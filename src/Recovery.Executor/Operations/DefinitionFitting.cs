using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Reading;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Makes a definition ready for this host. The step and its preview both come here: what is shown is what is done.</summary>
internal sealed class DefinitionFitting(TargetProfiles profiles)
{
    /// <exception cref="StepFailure">The definition can't be read, or is of another domain.</exception>
    public static DomainFacts Facts(string instance, DefineDomain define)
    {
        try
        {
            var facts = DomainReader.Read(define.Definition);
            return facts.Uuid == instance
                ? facts
                : throw new StepFailure(ErrorCode.InvalidCommand, $"the definition is of domain {facts.Uuid}, and the command of instance {instance}");
        }
        catch (DomainXmlException unreadable)
        {
            throw new StepFailure(ErrorCode.InvalidCommand, $"the definition of instance {instance} can't be read: {unreadable.Message}");
        }
    }

    /// <summary>Asks libvirt what this host offers, and rewrites; defines nothing. Blocks.</summary>
    /// <exception cref="LibvirtException">libvirt can't tell.</exception>
    public RewriteResult Fit(LibvirtConnection connection, string instance, DefineDomain define, DomainFacts facts)
    {
        var rewritten = DomainRewriter.Rewrite(define.Definition, profiles.For(connection, instance, define, facts));
        return rewritten.Xml is null ? rewritten : rewritten with
        {
            Changes =
            [
                .. rewritten.Changes,
                .. ConsolePasswords.Locked(rewritten.Xml).Select(console =>
                    $"{console}: its password did not leave its host, so nobody can open it until you set one (virsh update-device)."),
            ],
        };
    }
}
