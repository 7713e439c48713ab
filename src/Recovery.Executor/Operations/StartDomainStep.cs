using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Starts the domain; one that runs already is a success. A failed start leaves it defined and off.</summary>
internal sealed class StartDomainStep(StartGate gate) : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Start;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        using var entered = gate.Enter();
        var paused = context.Command.Start.Paused;
        var outcome = await context.Domain("starting the domain", domain =>
        {
            if (domain.IsActive()) return "already running";
            deadline.ThrowIfCancellationRequested();
            try
            {
                domain.Start(paused);
            }
            catch (LibvirtException refused) when (refused.Code == LibvirtErrorCode.OperationInvalid && domain.IsActive())
            {
                return "already running";
            }
            return paused ? "started, paused" : "started";
        });
        return new StepSuccess(outcome ?? throw context.DomainNotFound());
    }
}
