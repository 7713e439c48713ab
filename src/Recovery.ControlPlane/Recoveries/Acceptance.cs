using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries.Plans;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Step 1 of a recovery: accept. Everything that stands against the request is named at once, or the recovery, its
/// locks, its idempotency key, its first event and its row in the audit log are
/// written in one transaction.
/// </summary>
/// <remarks>
/// Two requests that race for a host or for a key are decided by the unique keys of their rows, whichever replica they
/// came to: the checks before are for the sentences, the keys are the guard.
/// </remarks>
public sealed class Acceptance(
    IDbContextFactory<RecoveryDbContext> databases,
    AcceptanceLookout lookout,
    PlanArchive plans,
    RecoveryOptions options,
    RunnerSignal signal,
    TimeProvider time)
{
    private const int MaximumRaces = 5;

    /// <param name="asked">What is asked for.</param>
    /// <param name="idempotencyKey">The client's own name for this request; null when it gave none.</param>
    /// <param name="cancellationToken">Nothing is written after it is cancelled.</param>
    public async Task<AcceptanceOutcome> AcceptAsync(
        AskedRecovery asked, string? idempotencyKey, CancellationToken cancellationToken)
    {
        for (var race = 0; race < MaximumRaces; race++)
        {
            // Before the checks: a repeated request is answered as it was the first time, whatever happened since.
            if (asked.Faults.Count == 0
                && await RepeatedAsync(asked, idempotencyKey, cancellationToken) is { } repeated)
            {
                return repeated;
            }

            var meant = asked.Plan is { } plan
                ? AskedByPlan.Of(asked, await plans.FindAsync(plan.Value, cancellationToken), time.GetUtcNow())
                : asked;
            var scope = AcceptanceChecks.Check(meant, await lookout.LookAsync(cancellationToken));
            if (scope.Faults.Count > 0)
            {
                // What stands in the way may be the recovery that this very request has made meanwhile, sent twice at once.
                var made = asked.Faults.Count == 0 ? await RepeatedAsync(asked, idempotencyKey, cancellationToken) : null;
                return made ?? new AcceptanceOutcome.Refused(scope.Faults);
            }

            if (await WriteAsync(meant, asked.Hash(), scope, idempotencyKey, cancellationToken) is { } id)
            {
                signal.Notify();
                return new AcceptanceOutcome.Accepted(id, Repeated: false);
            }
        }

        return new AcceptanceOutcome.Refused([new(FaultCodes.ChangedMeanwhile,
            $"Hosts or recoveries changed {MaximumRaces} times while this request was being accepted. Nothing was done; send it again.")]);
    }

    private async Task<AcceptanceOutcome?> RepeatedAsync(
        AskedRecovery asked, string? idempotencyKey, CancellationToken cancellationToken)
    {
        if (idempotencyKey is null)
        {
            return null;
        }

        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        var earlier = await database.IdempotencyKeys.AsNoTracking()
            .SingleOrDefaultAsync(key => key.Key == idempotencyKey, cancellationToken);
        if (earlier is null)
        {
            return null;
        }

        return earlier.BodyHash == asked.Hash()
            ? new AcceptanceOutcome.Accepted(earlier.RecoveryId, Repeated: true)
            : new AcceptanceOutcome.Refused([new(FaultCodes.IdempotencyKeyReused,
                $"The idempotency key \"{idempotencyKey}\" came with another body before, and made recovery {earlier.RecoveryId} then. Nothing was done now; send a new request under a new key.")
            { Parameter = "Idempotency-Key", Recovery = earlier.RecoveryId }]);
    }

    /// <summary>Null when somebody else was faster; nothing is written then.</summary>
    private Task<Guid?> WriteAsync(
        AskedRecovery asked, string hash, AcceptanceScope scope, string? idempotencyKey, CancellationToken cancellationToken) =>
        databases.InTransactionAsync(
            time,
            (database, transaction) => WriteAsync(database, transaction, asked, hash, scope, idempotencyKey, cancellationToken),
            cancellationToken);

    private async Task<Guid?> WriteAsync(
        RecoveryDbContext database,
        IDbContextTransaction transaction,
        AskedRecovery asked,
        string hash,
        AcceptanceScope scope,
        string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        database.Recoveries.Add(new RecoveryRow
        {
            Id = id,
            State = RecoveryState.Accepted,
            CreatedAt = now,
            PlanId = asked.Plan?.Value,
            Request = scope.ToRequest(asked, options.Runner.MaxParallel),
            Limits = new RecoveryLimits(
                asked.MaxParallel ?? options.Runner.MaxParallel,
                options.Runner.MaxParallelPerTarget,
                options.Runner.MaxParallelPerBackend),
        });
        database.Locks.AddRange(Subjects(scope).Select(subject => new RecoveryLockRow { Subject = subject, RecoveryId = id }));
        if (idempotencyKey is not null)
        {
            database.IdempotencyKeys.Add(new IdempotencyRow
            {
                Key = idempotencyKey,
                BodyHash = hash,
                RecoveryId = id,
                CreatedAt = now,
            });
        }

        var what = $"{StateNames.Of(asked.Kind!.Value)} {string.Join(", ", scope.Hosts)}, {scope.Instances.Count} instances known now{(asked.Plan is { } planned ? $", by plan {planned.Value}" : "")}{(asked.EvenIfAlive ? ", even if alive" : "")}{(asked.Route is { } route ? $", route {StateNames.Of(route)}" : "")}";
        database.Events.Add(new EventRow
        {
            RecoveryId = id,
            At = now,
            Type = EventTypes.RecoveryState,
            State = StateNames.Of(RecoveryState.Accepted),
            Message = $"Accepted: {what}",
        });
        database.Audit.Add(asked.By.Did(
            AuditActions.Accept, now, what, id, host: scope.Hosts.Count == 1 ? scope.Hosts[0] : null));
        try
        {
            await database.SaveChangesAsync(cancellationToken);

            // After its locks: a host can't be deleted any more now, and one that was is seen to be gone.
            if (await database.Hosts.CountAsync(host => scope.Hosts.Contains(host.Name), cancellationToken) != scope.Hosts.Count)
            {
                return null;
            }

            await transaction.CommitAsync(cancellationToken);
            return id;
        }
        catch (DbUpdateException exception) when (UniqueViolation.Is(exception))
        {
            return null;
        }
    }

    private static IEnumerable<string> Subjects(AcceptanceScope scope) =>
        (scope.LockHosts ? scope.Hosts.Select(RecoveryLockRow.ForHost) : [])
            .Concat(scope.Instances.Select(RecoveryLockRow.ForInstance));
}

/// <summary>How accepting ended: closed.</summary>
public abstract record AcceptanceOutcome
{
    private AcceptanceOutcome()
    {
    }

    /// <param name="Id">The recovery.</param>
    /// <param name="Repeated">It was accepted before, under the same idempotency key.</param>
    public sealed record Accepted(Guid Id, bool Repeated) : AcceptanceOutcome;

    /// <summary>Nothing was written.</summary>
    public sealed record Refused(IReadOnlyList<Fault> Faults) : AcceptanceOutcome;
}
