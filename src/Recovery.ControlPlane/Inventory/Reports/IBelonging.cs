using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Inventory.Reports;

/// <summary>What a report means for the question to which host an instance belongs. Whoever keeps the cluster has its own rules.</summary>
public interface IBelonging
{
    /// <param name="database">Inside the transaction of the report; what is changed here is saved with it.</param>
    /// <param name="reported">What is known since this report.</param>
    /// <param name="now">Since when what moves belongs to its new host.</param>
    /// <param name="cancellationToken">Leaves the transaction to be rolled back.</param>
    /// <returns>What changed; to be told once the transaction is committed.</returns>
    Task<IReadOnlyList<BelongingChange>> DecideAsync(
        RecoveryDbContext database, ReportedCopies reported, DateTimeOffset now, CancellationToken cancellationToken);
}

/// <summary>An instance belongs to another host than before.</summary>
/// <param name="Instance">Its id.</param>
/// <param name="Name">Empty when no host has it.</param>
/// <param name="From">Null: it was not known before.</param>
/// <param name="To">Null: it is forgotten.</param>
public sealed record BelongingChange(Guid Instance, string Name, string? From, string? To)
{
    public void LogTo(ILogger log)
    {
        if (To is null)
        {
            log.LogWarning("Instance {Id} is forgotten: {Host} reports that it has no such domain, and no other host has one", Instance, From);
        }
        else if (From is null)
        {
            log.LogInformation("Instance {Instance} {Id} belongs to {Host}: it was not known before", Name, Instance, To);
        }
        else
        {
            log.LogInformation("Instance {Instance} {Id} moved from {Source} to {Target} without Recovery", Name, Instance, From, To);
        }
    }
}
