using Recovery.ControlPlane.Inventory.OpenStack.Steps;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// The steps of an instance in a cloud: in its databases, and for volumes and ports by Cinder's and Neutron's APIs where these
/// answer. Which of the two it is, and what was there before, is kept before the first effect; from then on it stays that way.
/// </summary>
internal sealed class CloudSteps(
    StepFacts facts,
    AnsweringApis answering,
    RowSteps rows,
    AttachmentSteps attachments,
    PortSteps ports,
    ServerStart start,
    BelongingBook book)
    : IInventorySteps
{
    public async Task<PreparedStep> PrepareAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        // An earlier try of this step that got somewhere: how it was before that, only its record tells.
        if (step.EarlierWrites.TryGetValue(step.Action, out var kept) && KeptWrites.Read(kept) is { IsByApi: true } begun)
        {
            return begun.Prepared(["Goes on with what an earlier try began by the API"]);
        }

        if (Undone(step.Action) is { } undone)
        {
            return step.EarlierWrites.TryGetValue(undone, out var writes)
                ? await TakeBackAsync(step, undone, KeptWrites.Read(writes), cancellationToken)
                : PreparedStep.NothingForeign;
        }

        if (step.Action == StepAction.StartByNova)
        {
            return ServerStart.Prepare(step);
        }

        var seen = await facts.SeeAsync(step, cancellationToken);
        return seen.Refusal is { } refusal ? Refused(refusal) : await PrepareAsync(step, seen, cancellationToken);
    }

    public Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken) =>
        step.Writes.Length == 0
            ? Task.FromResult(new InventoryAnswer(StepOutcome.Succeeded, "", "There was nothing to write."))
            : KeptWrites.Read(step.Writes) switch
            {
                { Attachments: { } turns } => attachments.CarryOutAsync(step, turns, cancellationToken),
                { Ports: { } turns } => ports.CarryOutAsync(step, turns, cancellationToken),
                { Start: true } => start.CarryOutAsync(step, cancellationToken),
                var writes when step.Action == StepAction.Commit => CommitAsync(step, writes.Rows!, cancellationToken),
                var writes => rows.CarryOutAsync(step, writes.Rows!, cancellationToken),
            };

    internal static PreparedStep Refused(string refusal) =>
        new("", [], new InventoryAnswer(StepOutcome.FailedForGood, "REFUSED", refusal));

    private async Task<PreparedStep> PrepareAsync(InventoryStep step, SeenForStep seen, CancellationToken cancellationToken)
    {
        switch (step.Action)
        {
            case StepAction.MoveAttachments:
                return await answering.WhyNotBlockStorageAsync(cancellationToken) is { } silent
                    ? rows.Prepare(step, seen, InPlaceOf("Cinder", silent))
                    : AttachmentSteps.Prepare(step, seen.Instance!, seen.Target!);
            case StepAction.BindPorts:
                return await answering.WhyNotNetworkAsync(cancellationToken) is { } mute
                    ? rows.Prepare(step, seen, InPlaceOf("Neutron", mute))
                    : PortSteps.Prepare(seen.Instance!, seen.Target!);
            default:
                return rows.Prepare(step, seen);
        }
    }

    // Nova's word counts. Our own book would follow it by itself, and a host that dies in the meantime would be asked for it.
    private async Task<InventoryAnswer> CommitAsync(InventoryStep step, ForeignTransaction transaction, CancellationToken cancellationToken)
    {
        var answer = await rows.CarryOutAsync(step, transaction, cancellationToken);
        if (answer.Outcome == StepOutcome.Succeeded)
        {
            await book.MoveAsync(step.Instance, step.Source, step.Target, OnTarget(step), cancellationToken);
        }

        return answer;
    }

    // Nova makes the domain when it starts the guest, and a stopped one has none.
    private static DomainState? OnTarget(InventoryStep step) => (step.Route, step.Intent) switch
    {
        (RecoveryRoute.Direct, PowerIntent.Run) => DomainState.Running,
        (RecoveryRoute.Direct, PowerIntent.Pause) => DomainState.Paused,
        _ => null,
    };

    private async Task<PreparedStep> TakeBackAsync(
        InventoryStep step, StepAction undone, KeptWrites done, CancellationToken cancellationToken) => done switch
        {
            { Attachments: { } turns } => await attachments.PrepareReturnAsync(step, turns, cancellationToken),
            { Ports: { } turns } => PortSteps.PrepareReturn(turns),
            _ => rows.PrepareReturn(undone, done.Rows!),
        };

    private static StepAction? Undone(StepAction action) => action switch
    {
        StepAction.ReturnPorts => StepAction.BindPorts,
        StepAction.ReturnAttachments => StepAction.MoveAttachments,
        StepAction.ReturnAllocations => StepAction.MoveAllocations,
        StepAction.UnmarkEvacuation => StepAction.MarkEvacuation,
        _ => null,
    };

    private string[] InPlaceOf(string service, string silent) =>
        answering.None ? [] : [$"{service}'s API can't be used, so its rows are written: {silent}"];
}
