using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>Every write says that the epoch is its own.</summary>
internal sealed partial class AnyEpoch : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<int>> NonQueryExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (command.CommandText.Contains("SET \"LeaseUntil\"", StringComparison.Ordinal))
        {
            command.CommandText = Condition().Replace(command.CommandText, "");
        }

        return ValueTask.FromResult(result);
    }

    [GeneratedRegex("AND \"r\"\\.\"Epoch\" = @\\w+")]
    private static partial Regex Condition();
}

/// <summary>Nobody takes over what another holds.</summary>
internal sealed partial class LeasesForEver : DbCommandInterceptor
{
    public override ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
        DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
    {
        command.CommandText = Condition().Replace(command.CommandText, "(\"r\".\"LeaseOwner\" IS NULL)");
        return ValueTask.FromResult(result);
    }

    [GeneratedRegex("\\(\"r\"\\.\"LeaseOwner\" IS NULL OR [^()]*\\)")]
    private static partial Regex Condition();
}

/// <summary>Some rows are never written: those of a type, or events of a type.</summary>
internal sealed class Unwritten(string what) : SaveChangesInterceptor
{
    public override ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        foreach (var entry in eventData.Context!.ChangeTracker.Entries()
            .Where(each => each.State == EntityState.Added)
            .Where(each => each.Entity.GetType().Name == what || (each.Entity is EventRow { Type: EventTypes.Replan } && what == "Replan"))
            .ToList())
        {
            entry.State = EntityState.Detached;
        }

        return base.SavingChangesAsync(eventData, result, cancellationToken);
    }
}
