using Google.Protobuf.WellKnownTypes;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>A step in the executor's words. The only place where a CHAP password enters a command.</summary>
public sealed class StepCommandBuilder(IVolumePasswords passwords)
{
    /// <exception cref="ChapCredentialException">A volume asks for a CHAP password that nobody has.</exception>
    /// <exception cref="ArgumentException">The step is no executor's matter.</exception>
    public async Task<Proto.StepCommand> BuildAsync(StepDispatch step, CancellationToken cancellationToken)
    {
        var command = new Proto.StepCommand
        {
            StepId = step.StepId.ToString("D"),
            Recovery = step.RecoveryId.ToString("D"),
            Epoch = checked((ulong)step.Epoch),
            Instance = step.Instance.Id.ToString("D"),
            TimeLimit = Duration.FromTimeSpan(step.TimeLimit),
        };
        var instance = step.Instance;
        switch (step.Action)
        {
            case StepAction.ConnectVolumes:
                command.ConnectVolumes = new() { Volumes = { await WithPasswordsAsync(instance, cancellationToken) } };
                break;
            case StepAction.CheckDisks:
                command.CheckDisks = new() { Disks = { instance.Disks.Where(disk => disk.File is not null).Select(ToExpected) } };
                break;
            case StepAction.PlugPorts:
                command.PlugPorts = new() { Ports = { instance.Ports.Select(ProtoMapping.ToProto) } };
                break;
            case StepAction.UnplugPorts:
                command.UnplugPorts = new() { Ports = { instance.Ports.Select(ProtoMapping.ToProto) } };
                break;
            case StepAction.Define:
                command.Define = ToDefine(instance, step.Definition, step.SourceStorages, step.SourceCpuModel);
                break;
            case StepAction.Start:
                command.Start = new() { Paused = instance.Intent == PowerIntent.Pause };
                break;
            case StepAction.Attach:
                command.Attach = new() { Volumes = { instance.Disks.Where(disk => disk.LiveXml is not null).Select(ToVolume) } };
                break;
            case StepAction.Verify:
                command.Verify = new()
                {
                    Paused = instance.Intent == PowerIntent.Pause,
                    DiskTargets = { instance.Disks.Select(disk => disk.Target) },
                };
                break;
            case StepAction.Stop:
                command.Stop = new();
                break;
            case StepAction.Undefine:
                command.Undefine = new();
                break;
            case StepAction.Disconnect:
                command.Disconnect = new() { Volumes = { instance.Volumes.Select(ToVolume) } };
                break;
            case StepAction.AwaitAgent:
                command.AwaitAgent = new();
                break;
            case StepAction.UndefineStale:
                command.Undefine = new() { Stale = true };
                break;
            default:
                throw new ArgumentException($"{step.Action} is not carried out by executors, but by the {StepPerformers.Of(step.Action)}.", nameof(step));
        }

        return command;
    }

    /// <summary>The same for the step and for its preview, so that what is shown is what is done. Without secrets.</summary>
    internal static Proto.DefineDomain ToDefine(
        Instance instance, string definition, IReadOnlyList<StorageView> sourceStorages, string sourceCpuModel) => new()
        {
            Definition = definition,
            SourceStorages = { sourceStorages.Select(ProtoMapping.ToProto) },
            SourceCpuModel = sourceCpuModel,
            Volumes = { instance.Volumes.Where(disk => disk.LiveXml is null).Select(ToVolume) },
            Ports = { instance.Ports.Select(ProtoMapping.ToProto) },
        };

    private async Task<List<Proto.Volume>> WithPasswordsAsync(Instance instance, CancellationToken cancellationToken)
    {
        var disks = instance.Volumes.ToList();
        var volumes = disks.ConvertAll(ToVolume);
        if (disks.Exists(WantsChap))
        {
            var known = await passwords.ReadAsync(instance.Id, [.. disks.Where(WantsChap).Select(disk => disk.Iscsi!)], cancellationToken);
            foreach (var (disk, volume) in disks.Zip(volumes).Where(pair => WantsChap(pair.First)))
            {
                volume.ChapPassword = known[disk.Iscsi!];
            }
        }

        return volumes;
    }

    private static bool WantsChap(Disk disk) => disk.Iscsi is { ChapUsername.Length: > 0 };

    private static Proto.Volume ToVolume(Disk disk) => new()
    {
        DiskTarget = disk.Target,
        Iscsi = disk.Iscsi is { } lun ? ProtoMapping.ToProto(lun) : null,
        Nfs = disk.Share is { } share ? ProtoMapping.ToProto(share) : null,
        MinimumSizeBytes = (ulong)disk.SizeBytes,
        AttachXml = disk.LiveXml ?? "",
    };

    private static Proto.ExpectedDisk ToExpected(Disk disk) => new()
    {
        DiskTarget = disk.Target,
        File = ProtoMapping.ToProto(disk.File!),
        MinimumSizeBytes = (ulong)disk.SizeBytes,
        ReadOnly = disk.ReadOnly,
        Shareable = disk.Shareable,
    };
}
