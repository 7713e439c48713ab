using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Reads a recovery for the step machine: whole at first and after planning, then only what may have changed.</summary>
public static class ProgressReader
{
    public static async Task<DrivenRecovery> ReadAsync(Claim claim, CancellationToken cancellationToken)
    {
        var row = await claim.ReadAsync(cancellationToken);
        var journal = await JournalAsync(claim, null, cancellationToken);
        var after = (row.Plan?.Moves ?? []).ToDictionary(move => move.Instance, move => move.After);
        return new DrivenRecovery(row, new RecoveryProgress
        {
            State = row.State,
            Reason = row.Reason,
            Paused = row.Paused,
            Cancel = row.Cancel,
            Limits = row.Limits,
            EvenIfAlive = row.Request.EvenIfAlive,
            Instances = [.. row.Instances.OrderBy(each => each.Position).Select(each => new InstanceProgress
            {
                Id = each.InstanceId,
                Name = each.Name,
                Source = each.Source,
                Target = each.Target,
                State = each.State,
                SkipRequested = each.SkipRequested,
                Needs = new InstanceNeeds(
                    each.Intent,
                    each.Instance.Volumes.Any(),
                    each.Instance.Disks.Any(disk => disk.LiveXml is not null))
                {
                    Task = each.Task,
                    Route = each.Route,
                    HasPorts = each.Instance.Ports.Count > 0,
                    Gate = each.Instance.Policy.Ready,
                },
                After = after.GetValueOrDefault(each.InstanceId, []),
                Backends = BackendsOf(each.Instance),
                Journal = EntriesOf(each.InstanceId, each.Attempt, journal),
            })],
        });
    }

    /// <param name="known">As it was read before.</param>
    /// <param name="journaled">Instances whose steps have gone on since.</param>
    public static async Task<DrivenRecovery> RefreshAsync(
        Claim claim, DrivenRecovery known, IReadOnlyCollection<Guid> journaled, CancellationToken cancellationToken)
    {
        var recovery = await claim.QueryAsync(
            (context, token) => context.Recoveries.AsNoTracking()
                .Where(row => row.Id == claim.RecoveryId)
                .Select(row => new { row.State, row.Reason, row.Paused, row.Cancel, row.Limits })
                .SingleAsync(token),
            cancellationToken);
        var instances = (await claim.QueryAsync(
            (context, token) => context.RecoveryInstances.AsNoTracking()
                .Where(row => row.RecoveryId == claim.RecoveryId)
                .Select(row => new { row.InstanceId, row.State, row.Target, row.Route, row.SkipRequested, row.Attempt })
                .ToListAsync(token),
            cancellationToken)).ToDictionary(row => row.InstanceId);
        var journal = journaled.Count == 0 ? null : await JournalAsync(claim, [.. journaled], cancellationToken);
        return known with
        {
            Progress = known.Progress with
            {
                State = recovery.State,
                Reason = recovery.Reason,
                Paused = recovery.Paused,
                Cancel = recovery.Cancel,
                Limits = recovery.Limits,
                Instances = [.. known.Progress.Instances.Select(each => each with
                {
                    State = instances[each.Id].State,
                    Target = instances[each.Id].Target,
                    Needs = each.Needs with { Route = instances[each.Id].Route },
                    SkipRequested = instances[each.Id].SkipRequested,
                    Journal = journal is not null && journaled.Contains(each.Id)
                        ? EntriesOf(each.Id, instances[each.Id].Attempt, journal)
                        : each.Journal,
                })],
            },
        };
    }

    private static async Task<ILookup<(Guid Instance, int Attempt), JournalEntry>> JournalAsync(
        Claim claim, List<Guid>? instances, CancellationToken cancellationToken)
    {
        var rows = await claim.QueryAsync(
            (context, token) => context.Journal.AsNoTracking()
                .Where(row => row.RecoveryId == claim.RecoveryId && (instances == null || instances.Contains(row.InstanceId)))
                .OrderBy(row => row.Sequence)
                .ToListAsync(token),
            cancellationToken);
        return rows.ToLookup(row => (row.InstanceId, row.Attempt), row => row.ToEntry());
    }

    private static IReadOnlyList<JournalEntry> EntriesOf(
        Guid instance, int attempt, ILookup<(Guid Instance, int Attempt), JournalEntry> journal) =>
        [.. journal[(instance, attempt)]];

    // Where many starts at once could be too much for whoever serves the disks.
    private static IReadOnlyList<string> BackendsOf(Instance instance) =>
    [
        .. instance.Disks
            .SelectMany(disk => disk.BackingFiles.Append(disk.File).Select(file => file is { OnStorage: true } ? file.StorageId : null).Append(disk.Backend))
            .OfType<string>()
            .Distinct(StringComparer.Ordinal),
    ];
}
