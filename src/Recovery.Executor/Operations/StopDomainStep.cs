using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Ends the domain that this recovery started here; one that is off or gone is a success.</summary>
internal sealed class StopDomainStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Stop;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var isOurs = context.Claims.IsOurs;
        var outcome = await context.Domain("stopping the domain", domain =>
        {
            if (!domain.IsActive()) return "already off";
            if (!isOurs)
                throw new StepFailure(ErrorCode.DomainNotOurs,
                    $"{domain.Name} runs on this host, but this recovery did not define it here, so it is not stopped; stop it by hand if it must end");
            deadline.ThrowIfCancellationRequested();
            try
            {
                domain.Destroy();
            }
            catch (LibvirtException refused) when (refused.Code is LibvirtErrorCode.OperationInvalid or LibvirtErrorCode.NoDomain)
            {
                // It ended by itself between the question and the order.
                return "already off";
            }
            return "stopped";
        });
        return new StepSuccess(outcome ?? "no such domain here");
    }
}
