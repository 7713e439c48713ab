using Recovery.Executor.Configuration;
using Recovery.Executor.DomainXml;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Rewrites the definition for this host and defines it; never over a domain that is not this recovery's.</summary>
internal sealed class DefineDomainStep(DefinitionFitting fitting, ExecutorSettings settings) : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Define;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var facts = DefinitionFitting.Facts(context.Instance, context.Command.Define);
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
        return rewritten.Changes.Count == 0
            ? new StepSuccess("defined as it was")
            : new StepSuccess($"defined, with {rewritten.Changes.Count} changes", rewritten.Changes);
    }

    private async Task<RewriteResult> Rewrite(StepContext context, DomainFacts facts)
    {
        var rewritten = await context.Libvirt("asking libvirt what this host offers",
            connection => fitting.Fit(connection, context.Instance, context.Command.Define, facts));
        return rewritten.Xml is not null && rewritten.Refusals.Count == 0
            ? rewritten
            : throw new StepFailure(ErrorCode.DefinitionRefused,
                $"{facts.Name} can't run on {settings.Host}: {string.Join("; ", rewritten.Refusals)}", refusals: rewritten.Refusals);
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
