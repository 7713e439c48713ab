using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Looks whether the instance's files are here, whole, and not in use. Reads only; names every fault at once.</summary>
internal sealed class CheckDisksStep(StorageCatalogue catalogue) : IStep
{
    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.CheckDisks;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var disks = context.Command.CheckDisks.Disks;
        var faults = await Task.Run(() => Faults(disks, context, deadline), CancellationToken.None);
        if (faults.Count == 0) return new StepSuccess(disks.Count == 1 ? "1 disk checked" : $"{disks.Count} disks checked");
        // A lock comes first: it may mean that the guest is alive.
        var worst = faults.OrderByDescending(fault => fault.Code == ErrorCode.DiskLocked).First();
        throw new StepFailure(worst.Code, string.Join("; ", faults.Select(fault => fault.Message)), faults.All(fault => fault.RetryCanHelp));
    }

    private List<DiskFault> Faults(IReadOnlyList<ExpectedDisk> disks, StepContext context, CancellationToken deadline)
    {
        var roots = catalogue.Read();
        var check = new DiskCheck(roots, disks.Select(disk => new StorageLocation(disk.File.StorageId, disk.File.PathInStorage)).ToHashSet());
        var faults = new List<DiskFault>();
        foreach (var disk in disks)
        {
            deadline.ThrowIfCancellationRequested();
            if (check.Fault(disk) is { } fault) faults.Add(fault);
            else context.Report($"{DiskCheck.Name(disk)} is whole and free");
        }
        return faults;
    }
}
