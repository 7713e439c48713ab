using Recovery.Executor.Iscsi;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>
/// Proves each volume by logging in, then leaves its CHAP password as a libvirt secret for QEMU's initiator. What this
/// step left before it failed in the middle is taken away again.
/// </summary>
internal sealed class ConnectVolumesStep(NfsShares shares) : IStep
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.ConnectVolumes;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var volumes = context.Command.ConnectVolumes.Volumes;
        RefuseContradictions(volumes.Where(volume => volume.Iscsi is not null));
        var created = new List<string>();
        try
        {
            foreach (var volume in volumes)
            {
                if (volume.Nfs is not null)
                {
                    context.Report(await shares.Prove(volume, deadline));
                    continue;
                }
                await Prove(context, volume, deadline);
                if (volume.Iscsi.ChapUsername.Length == 0) continue;
                deadline.ThrowIfCancellationRequested();
                var usage = SecretUsage.Of(context.Instance, volume.Iscsi.TargetName);
                var isNew = await context.Libvirt($"leaving the CHAP password of {volume.DiskTarget} with libvirt",
                    connection => LibvirtSecrets.Put(connection, usage, $"CHAP of instance {context.Instance}", volume.ChapPassword));
                if (isNew) created.Add(usage);
            }
        }
        catch
        {
            await Undo(context, created);
            throw;
        }
        return new StepSuccess(volumes.Count == 1 ? "1 volume connected" : $"{volumes.Count} volumes connected");
    }

    private static async Task Prove(StepContext context, Volume volume, CancellationToken deadline)
    {
        if (volume.Iscsi.ChapUsername.Length > 0 && volume.ChapPassword.Length == 0)
            throw new StepFailure(ErrorCode.SecretMissing,
                $"{volume.DiskTarget}: the login to {volume.Iscsi.TargetName} wants CHAP as '{volume.Iscsi.ChapUsername}', and no password came with the command; "
                + "give the control plane the volume's password");
        var target = Target(context.Instance, volume);
        ulong size;
        try
        {
            size = await IscsiProbe.Size(target, Patience, deadline);
        }
        catch (IscsiException failure)
        {
            throw StepFailure.From(failure);
        }
        if (size < volume.MinimumSizeBytes)
            throw new StepFailure(ErrorCode.DiskTooSmall,
                $"{volume.DiskTarget}: {target} has {size} bytes, and had at least {volume.MinimumSizeBytes}; it may be another volume, so check its export");
        context.Report($"{volume.DiskTarget}: logged in to {target}, {size >> 20} MiB");
    }

    private static async Task Undo(StepContext context, IReadOnlyList<string> created)
    {
        foreach (var usage in created)
        {
            try
            {
                await context.Libvirt("taking back a CHAP password", connection => LibvirtSecrets.Remove(connection, usage));
            }
            catch (Exception failure) when (failure is StepFailure or LibvirtUnavailableException)
            {
                // The failure that led here is the one to tell; disconnecting takes away what could not be undone now.
                context.Report($"the libvirt secret {usage} could not be taken back: {failure.Message}");
            }
        }
    }

    private static void RefuseContradictions(IEnumerable<Volume> volumes)
    {
        foreach (var shared in volumes.GroupBy(volume => volume.Iscsi.TargetName))
        {
            if (shared.DistinctBy(volume => (volume.Iscsi.ChapUsername, volume.ChapPassword)).Count() > 1)
                throw new StepFailure(ErrorCode.InvalidCommand, $"the volumes {string.Join(", ", shared.Select(volume => volume.DiskTarget))} "
                    + $"are of one target, {shared.Key}, and come with different CHAP logins");
        }
    }

    private static IscsiTarget Target(string instance, Volume volume) => new(
        new IscsiPortal(volume.Iscsi.PortalHost, volume.Iscsi.PortalPort == 0 ? 3260 : (int)volume.Iscsi.PortalPort),
        volume.Iscsi.TargetName,
        volume.Iscsi.Lun,
        volume.Iscsi.InitiatorName.Length > 0 ? volume.Iscsi.InitiatorName : InitiatorName.OfGuest(instance),
        volume.Iscsi.ChapUsername,
        volume.ChapPassword);
}
