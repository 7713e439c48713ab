using Recovery.Executor.Iscsi;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Takes away the CHAP secrets that connecting left, of this instance and of the named volumes alone. NFS exports stay mounted: others may use them.</summary>
internal sealed class DisconnectVolumesStep : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Disconnect;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var removed = 0;
        foreach (var target in context.Command.Disconnect.Volumes.Where(volume => volume.Iscsi is not null).Select(volume => volume.Iscsi.TargetName).Distinct())
        {
            deadline.ThrowIfCancellationRequested();
            var usage = SecretUsage.Of(context.Instance, target);
            if (await context.Libvirt("taking away a CHAP password", connection => LibvirtSecrets.Remove(connection, usage))) removed++;
        }
        return new StepSuccess(removed == 1 ? "1 CHAP secret taken away" : $"{removed} CHAP secrets taken away");
    }
}
