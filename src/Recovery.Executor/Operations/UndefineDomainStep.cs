using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Takes away the definition that this recovery made here. Disks and NVRAM stay; a missing one is a success.</summary>
internal sealed class UndefineDomainStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Undefine;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var isOurs = context.Claims.IsOurs;
        var outcome = await context.Domain("undefining the domain", domain =>
        {
            if (!isOurs)
                throw new StepFailure(ErrorCode.DomainNotOurs,
                    $"{domain.Name} is on this host, but this recovery did not define it here, so its definition stays");
            if (domain.IsActive())
                throw new StepFailure(ErrorCode.InvalidCommand,
                    $"{domain.Name} still runs ({domain.State()}); it must be stopped before its definition is taken away");
            deadline.ThrowIfCancellationRequested();
            domain.Undefine();
            return "undefined";
        });
        if (isOurs) context.Claims.Release();
        return new StepSuccess(outcome ?? "no such domain here");
    }
}
