using Recovery.Executor.DomainXml;
using Recovery.Executor.Iscsi;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Plugs volumes into the running guest that its definition does not have; what is attached already counts.</summary>
internal sealed class AttachVolumesStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Attach;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var wanted = context.Command.Attach.Volumes.Where(volume => volume.AttachXml.Length > 0).ToList();
        if (wanted.Count == 0) return new StepSuccess("nothing to attach");
        var attached = 0;
        foreach (var volume in wanted)
        {
            var device = Device(context.Instance, volume);
            deadline.ThrowIfCancellationRequested();
            var isNew = await context.Domain($"attaching {volume.DiskTarget}", domain =>
            {
                if (!domain.IsActive())
                    throw new StepFailure(ErrorCode.DomainNotRunning,
                        $"{volume.DiskTarget} can't be attached: {domain.Name} is {domain.State()}; it must be started first");
                if (DomainReader.Read(domain.LiveXml()).Disks.Any(disk => disk.Target == volume.DiskTarget)) return "";
                domain.AttachLive(device);
                return volume.DiskTarget;
            }) ?? throw context.DomainNotFound();
            if (isNew.Length > 0) attached++;
            context.Report(isNew.Length > 0 ? $"{volume.DiskTarget} attached" : $"{volume.DiskTarget} was attached already");
        }
        return new StepSuccess(attached == wanted.Count ? $"{attached} attached" : $"{attached} attached, {wanted.Count - attached} were attached already");
    }

    private static string Device(string instance, Volume volume)
    {
        try
        {
            return AttachXml.For(volume, SecretUsage.Of(instance, volume.Iscsi.TargetName));
        }
        catch (DomainXmlException unreadable)
        {
            throw new StepFailure(ErrorCode.InvalidCommand, $"attach_xml of volume {volume.DiskTarget} can't be used: {unreadable.Message}");
        }
    }
}
