using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Starts the domain; one that runs already is a success. A failed start leaves it defined and off.</summary>
internal sealed class StartDomainStep(StartGate gate, TimeProvider time) : IStep
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Start;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        using var entered = gate.Enter();
        var paused = context.Command.Start.Paused;
        var toldOfWaiting = false;
        while (true)
        {
            var outcome = await context.Domain("starting the domain", domain => Start(domain, paused, deadline)) ?? throw context.DomainNotFound();
            if (outcome.Length > 0) return new StepSuccess(outcome);
            if (!toldOfWaiting) context.Report("it is half started already; waiting for libvirt to go on with it or to end it");
            toldOfWaiting = true;
            await Task.Delay(Pause, time, deadline);
        }
    }

    // Empty: somebody is in the middle of starting it, or was. Neither is it running, nor can it be started now.
    private static string Start(LibvirtDomain domain, bool paused, CancellationToken deadline)
    {
        // One question: between two, libvirt may end what it had half started.
        var state = domain.State();
        if (state.IsStartingUp) return "";
        if (state.Kind != StateKind.ShutOff) return "already running";
        deadline.ThrowIfCancellationRequested();
        try
        {
            domain.Start(paused);
        }
        catch (LibvirtException refused) when (refused.Code == LibvirtErrorCode.OperationInvalid && domain.IsActive())
        {
            return "";
        }
        return paused ? "started, paused" : "started";
    }
}
