using Recovery.Executor.Autostart;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>
/// Takes away a definition: the one that this recovery made here, or a stale copy of an instance that was recovered
/// elsewhere, whoever made that. Disks and NVRAM stay; a missing one is a success; an active one is never touched.
/// </summary>
internal sealed class UndefineDomainStep(AutostartKeeper autostart) : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Undefine;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var stale = context.Command.Undefine.Stale;
        var isOurs = context.Claims.IsOurs;
        var outcome = await context.Libvirt(stale ? "undefining the stale copy" : "undefining the domain", connection =>
        {
            using var domain = LibvirtDomain.FindByUuid(connection, context.Instance);
            if (domain is null) return "no such domain here";
            if (!isOurs && !stale)
                throw new StepFailure(ErrorCode.DomainNotOurs,
                    $"{domain.Name} is on this host, but this recovery did not define it here, so its definition stays");
            if (domain.IsActive())
                throw stale ? Runs(context, domain) : new StepFailure(ErrorCode.InvalidCommand,
                    $"{domain.Name} still runs ({domain.State()}); it must be stopped before its definition is taken away");
            deadline.ThrowIfCancellationRequested();
            var definition = domain.InactiveXmlWithPasswords();
            domain.Undefine();
            // Started by somebody since we looked, it lives on without its definition: libvirt has no "only when it is off".
            using var survivor = LibvirtDomain.FindByUuid(connection, context.Instance);
            if (survivor is null) return "undefined";
            LibvirtDomain.Define(connection, definition).Dispose();
            throw Runs(context, survivor);
        });
        if (isOurs) context.Claims.Release();
        autostart.Forget(context.Instance);
        return new StepSuccess(outcome);
    }

    private static StepFailure Runs(StepContext context, LibvirtDomain domain) => new(ErrorCode.DomainRunning,
        $"DANGER: {domain.Name} ({context.Instance}) IS ACTIVE ON THIS HOST ({domain.State()}), and its definition was to be taken away. "
        + "Nothing was done to it. If the instance runs on another host as well, both write to its disks: look at both at once (virsh list), "
        + "find out which one is to live, and end the other one by hand");
}
