using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>Moves the attachments of an instance's volumes by Cinder's API, and back: for a storage that lets in only whom Cinder named.</summary>
internal sealed class AttachmentSteps(StepFacts facts, OpenStackApis apis, ForeignWriter writer, TimeProvider time)
{
    // A move takes six looks; more of them mean that somebody else is at work on the volume.
    private const int MaximumLooks = 15;

    // Of connection_info: what names the volume at its storage.
    private static readonly string[] Places = ["target_iqn", "target_lun", "export", "name"];

    /// <summary>What is moved, and how it was before.</summary>
    public static PreparedStep Prepare(InventoryStep step, InstanceFacts instance, TargetFacts target)
    {
        List<AttachmentTurn> turns = [];
        foreach (var device in instance.BlockDevices.Where(device => device.VolumeId is not null))
        {
            var ours = OursOf(instance, device);
            if (device.AttachmentId is null && ours.Count == 0)
            {
                continue;
            }

            var origin = Connectors.Kept(ours.Find(each => each.Id == device.AttachmentId) ?? ours.FirstOrDefault(), step.Source, device.DeviceName);
            turns.Add(new AttachmentTurn(
                device.VolumeId!.Value,
                device.AttachmentId,
                LeftOf(ours, device.AttachmentId),
                Connectors.Of(origin, target.Host, target.Address, target.InitiatorName, device.DeviceName),
                origin));
        }

        return turns.Count == 0
            ? PreparedStep.NothingForeign
            : new KeptWrites { Attachments = turns }.Prepared(WordsOf(instance, turns, step.Source, step.Target));
    }

    /// <summary>The way back of what was prepared; nothing where it was never begun.</summary>
    /// <param name="begun">As the move was prepared.</param>
    public async Task<PreparedStep> PrepareReturnAsync(
        InventoryStep step, IReadOnlyList<AttachmentTurn> begun, CancellationToken cancellationToken)
    {
        if (await facts.InstanceAsync(step.Instance, cancellationToken) is not { } instance)
        {
            return PreparedStep.NothingForeign;
        }

        List<AttachmentTurn> turns = [];
        foreach (var turn in begun)
        {
            if (instance.BlockDevices.FirstOrDefault(each => each.VolumeId == turn.Volume) is not { } device)
            {
                continue;
            }

            // Whatever there is besides the first one was made for the target.
            var made = OursOf(instance, device).Select(each => each.Id).Where(id => id != turn.Original).Order().ToList();
            if (made.Count > 0 || device.AttachmentId != turn.Original)
            {
                turns.Add(turn with { Left = made, Connector = turn.Origin });
            }
        }

        return turns.Count == 0
            ? PreparedStep.NothingForeign
            : new KeptWrites { Attachments = turns }.Prepared(WordsOf(instance, turns, step.Target, step.Source));
    }

    /// <summary>Goes on wherever the attachments are; doing it twice is one.</summary>
    /// <exception cref="InventoryUnreachableException">Cinder or Nova's database does not answer.</exception>
    public async Task<InventoryAnswer> CarryOutAsync(
        InventoryStep step, IReadOnlyList<AttachmentTurn> turns, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var turn in turns)
            {
                if (await MoveAsync(step, turn, cancellationToken) is { } failure)
                {
                    return failure;
                }
            }

            return new InventoryAnswer(StepOutcome.Succeeded, "", $"{Counted(turns.Count)} moved by Cinder.");
        }
        catch (OpenStackApiException failure)
        {
            return ApiFailure.Answer(failure);
        }
    }

    /// <returns>Null when it is moved.</returns>
    private async Task<InventoryAnswer?> MoveAsync(InventoryStep step, AttachmentTurn turn, CancellationToken cancellationToken)
    {
        var move = new AttachmentMove { Volume = turn.Volume, Instance = step.Instance, Left = turn.Left, Original = turn.Original };
        for (var look = 0; look < MaximumLooks; look++)
        {
            var instance = await facts.InstanceAsync(step.Instance, cancellationToken);
            if (instance?.BlockDevices.FirstOrDefault(each => each.VolumeId == turn.Volume) is not { } device)
            {
                return step.Action == StepAction.ReturnAttachments ? null : new InventoryAnswer(
                    StepOutcome.FailedForGood, "VOLUME_GONE",
                    $"Nova has volume {turn.Volume} at {step.Name} no more: somebody detached it. See to its attachments in Cinder (openstack --os-volume-api-version 3.27 volume attachment list).");
            }

            var next = await move.NextAsync(apis.BlockStorage, device.AttachmentId, cancellationToken);
            if (next.Kind == AttachmentStepKind.Done)
            {
                return null;
            }

            if (next.Kind == AttachmentStepKind.Complete && WhyNot(step, device, next.Attachment!) is { } elsewhere)
            {
                return elsewhere;
            }

            // Nova knows the new one before the old one goes, and how it is reached before it counts as attached.
            if (next.Kind is AttachmentStepKind.Save or AttachmentStepKind.Complete
                && await SaveAsync(instance, device, next, cancellationToken) is { } failure)
            {
                return failure;
            }

            await move.CarryOutAsync(apis.BlockStorage, next, turn.Connector, cancellationToken);
        }

        return new InventoryAnswer(
            StepOutcome.FailedTransiently, "VOLUME_BUSY",
            $"The attachments of volume {turn.Volume} changed {MaximumLooks} times without an end: somebody else is at work on it. See who (openstack volume show {turn.Volume}).");
    }

    // Invariant 4: some storages number LUNs for each host. The definition that we define names what the source had, and on the
    // target that may be another's volume.
    private static InventoryAnswer? WhyNot(InventoryStep step, BlockDevice device, AttachmentState made)
    {
        if (step is not { Action: StepAction.MoveAttachments, Route: RecoveryRoute.Direct } || device.ConnectionInfo is not { } before)
        {
            return null;
        }

        var (had, gets) = (PlaceOf(before), PlaceOf(made.ForBlockDevice()));
        return had == gets ? null : new InventoryAnswer(
            StepOutcome.FailedForGood, "VOLUME_ELSEWHERE",
            $"Cinder gives {step.Target} volume {made.Volume} as {gets}, and {step.Source} had it as {had}, which its definition names. Recover {step.Name} by the route assisted: then Nova makes the definition.");
    }

    private static string PlaceOf(JsonObject connection)
    {
        var data = connection["data"] as JsonObject;
        return string.Join(' ', (string?[])
        [
            $"{connection["driver_volume_type"]}",
            .. Places.Where(key => data?[key] is not null).Select(key => $"{key} {data![key]}"),
        ]);
    }

    private async Task<InventoryAnswer?> SaveAsync(
        InstanceFacts instance, BlockDevice device, AttachmentStep next, CancellationToken cancellationToken)
    {
        var (transaction, secrets) = BlockDeviceRows.Of(
            instance, device, next.Attachment!.Id,
            next.Kind == AttachmentStepKind.Complete ? next.Attachment.ForBlockDevice() : null,
            time.GetUtcNow());
        var outcome = await writer.ApplyAsync(transaction, secrets, cancellationToken);
        return outcome switch
        {
            { Done: true } => null,
            { RetryCanHelp: true } => throw new InventoryUnreachableException(outcome.Message),
            _ => new InventoryAnswer(StepOutcome.FailedForGood, "ROWS_MOVED", outcome.Message),
        };
    }

    private static List<VolumeAttachment> OursOf(InstanceFacts instance, BlockDevice device) =>
        [.. instance.Attachments.Where(each => each.VolumeId == device.VolumeId && each.InstanceUuid == instance.Instance.Uuid)];

    private static List<Guid> LeftOf(List<VolumeAttachment> ours, Guid? saved) =>
        [.. ours.Select(each => (Guid?)each.Id).Append(saved).OfType<Guid>().Distinct().Order()];

    private static List<string> WordsOf(InstanceFacts instance, List<AttachmentTurn> turns, string from, string to) =>
    [
        .. turns.SelectMany(turn => new[]
        {
            $"Cinder, volume {turn.Volume}: its attachment moves from {from} to {to} by the API",
            $"nova {instance.Cell}, block_device_mapping of {instance.Instance.DisplayName} (volume {turn.Volume}): attachment_id {(turn.Left.Count == 0 ? "none" : string.Join(" or ", turn.Left))} → the new one's, connection_info → as Cinder says",
        }),
    ];

    private static string Counted(int attachments) => attachments == 1 ? "1 attachment is" : $"{attachments} attachments are";
}
