using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Persistence;

/// <summary>Where the control plane keeps what it must not forget: a file of its own, or a server that replicas share.</summary>
public abstract class RecoveryDatabase : IDbContextFactory<RecoveryDbContext>
{
    /// <summary>As operators know it; without secrets.</summary>
    public abstract string Name { get; }

    /// <summary>What to look at when it can't be read; a sentence.</summary>
    public abstract string Advice { get; }

    /// <summary>Makes it ready for the server: whoever asks it before gets an error.</summary>
    /// <exception cref="DatabaseRefusedException">It can't be used as it is; the message says why and what to do.</exception>
    public abstract Task OpenAsync(CancellationToken cancellationToken);

    /// <summary>Brings it to this release's schema. Several at once are one.</summary>
    /// <returns>The migrations that were applied, in their order.</returns>
    /// <exception cref="DatabaseRefusedException">It can't be used as it is; the message says why and what to do.</exception>
    public abstract Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken);

    public abstract RecoveryDbContext CreateDbContext();

    /// <summary>What this release has and the database lacks.</summary>
    /// <exception cref="DatabaseRefusedException">The database has what this release doesn't know.</exception>
    private protected async Task<IReadOnlyList<string>> PendingAsync(CancellationToken cancellationToken)
    {
        await using var context = CreateDbContext();
        var applied = await context.Database.GetAppliedMigrationsAsync(cancellationToken);
        var known = context.Database.GetMigrations().ToList();
        var unknown = applied.Except(known, StringComparer.Ordinal).ToList();
        return unknown.Count == 0
            ? [.. known.Except(applied, StringComparer.Ordinal)]
            : throw new DatabaseRefusedException(
                $"{Name} was migrated by a newer release: {string.Join(", ", unknown)} is not known to this one. Start that release, or restore the backup from before.");
    }
}

/// <summary>The database can't be used as it is. The message is for the operator: what is wrong and what to do.</summary>
public sealed class DatabaseRefusedException(string message, Exception? reason = null) : Exception(message, reason);
