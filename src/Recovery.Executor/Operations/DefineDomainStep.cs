using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Reading;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Rewrites the definition for this host and defines it; never over a domain that is not this recovery's.</summary>
internal sealed class DefineDomainStep(TargetProfiles profiles) : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Define;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var facts = Facts(context);
        var isOurs = context.Claims.IsOurs;
        var present = await context.Libvirt("looking for the domain", connection => Present(connection, facts));
        if (present is not null && !(isOurs && present.Uuid == facts.Uuid)) throw Exists(present, facts);
        if (present is { IsActive: true }) return new StepSuccess("already defined here by this recovery, and running");

        var rewritten = await Rewrite(context, facts);
        deadline.ThrowIfCancellationRequested();
        if (!isOurs) context.Claims.Claim();
        try
        {
            await context.Libvirt("defining the domain", connection =>
            {
                LibvirtDomain.Define(connection, rewritten.Xml!).Dispose();
                return true;
            });
        }
        catch (StepFailure) when (!isOurs)
        {
            // libvirt took nothing, so what appears under this UUID later is not ours.
            context.Claims.Release();
            throw;
        }
        IReadOnlyList<string> changes =
        [
            .. rewritten.Changes,
            .. ConsolePasswords.Locked(rewritten.Xml!).Select(console =>
                $"{console}: its password did not leave its host, so nobody can open it until you set one (virsh update-device)."),
        ];
        return new StepSuccess(changes.Count == 0 ? "defined as it was" : $"defined, with {changes.Count} changes", changes);
    }

    private static DomainFacts Facts(StepContext context)
    {
        try
        {
            var facts = DomainReader.Read(context.Command.Define.Definition);
            return facts.Uuid == context.Instance
                ? facts
                : throw new StepFailure(ErrorCode.InvalidCommand, $"the definition is of domain {facts.Uuid}, and the command of instance {context.Instance}");
        }
        catch (DomainXmlException unreadable)
        {
            throw new StepFailure(ErrorCode.InvalidCommand, $"the definition of instance {context.Instance} can't be read: {unreadable.Message}");
        }
    }

    private async Task<RewriteResult> Rewrite(StepContext context, DomainFacts facts)
    {
        var profile = await context.Libvirt("asking libvirt what this host offers", connection => profiles.For(connection, context.Command, facts));
        var rewritten = DomainRewriter.Rewrite(context.Command.Define.Definition, profile);
        return rewritten.Xml is not null && rewritten.Refusals.Count == 0
            ? rewritten
            : throw new StepFailure(ErrorCode.DefinitionRefused,
                $"{facts.Name} can't run on {profile.Host}: {string.Join("; ", rewritten.Refusals)}", refusals: rewritten.Refusals);
    }

    private sealed record PresentDomain(string Uuid, string Name, bool IsActive, string State);

    private static PresentDomain? Present(LibvirtConnection connection, DomainFacts facts)
    {
        using var domain = LibvirtDomain.FindByUuid(connection, facts.Uuid) ?? LibvirtDomain.FindByName(connection, facts.Name);
        return domain is null ? null : new PresentDomain(domain.Uuid, domain.Name, domain.IsActive(), domain.State().ToString());
    }

    private static StepFailure Exists(PresentDomain present, DomainFacts facts)
    {
        var sameInstance = present.Uuid == facts.Uuid;
        var message = (sameInstance, present.IsActive) switch
        {
            (true, true) => $"DANGER: INSTANCE {facts.Uuid} ({present.Name}) IS RUNNING ON THIS HOST ALREADY ({present.State}), and this recovery did not start it. "
                + "Do not start it anywhere. Find out who did (virsh list, this host's logs), and make sure that no second copy runs before anything else is done",
            (true, false) => $"this host has a domain {present.Name} of instance {facts.Uuid} already ({present.State}), which this recovery did not define. "
                + "If it is a leftover, keep its definition (virsh dumpxml --inactive) and undefine it with --keep-nvram, then try again",
            _ => $"this host has another domain by the name {facts.Name} already, {present.Uuid} ({present.State}). Rename one of them (virsh domrename), then try again",
        };
        return new StepFailure(ErrorCode.DomainExists, message);
    }
}
