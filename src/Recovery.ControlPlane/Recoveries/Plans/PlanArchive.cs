using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>Keeps the plans that were shown, for as long as they can be carried out, and a while longer to say that they expired.</summary>
public sealed class PlanArchive(IDbContextFactory<RecoveryDbContext> contexts, PlanOptions options)
{
    /// <summary>However young they are: whoever asks for plans in a loop must not fill the disk.</summary>
    private const int AtMost = 1000;

    public TimeSpan Keep => TimeSpan.FromHours(options.KeepHours);

    public async Task<PlanRow?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Plans.AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken);
    }

    /// <summary>Stores it, and forgets those whose time is over. What a live recovery carries out stays.</summary>
    public async Task StoreAsync(PlanRow plan, CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        context.Plans.Add(plan);
        await context.SaveChangesAsync(cancellationToken);

        var longAgo = plan.At - Keep;
        var oldest = await context.Plans.OrderByDescending(row => row.Id).Select(row => row.Id).Skip(AtMost).FirstOrDefaultAsync(cancellationToken);
        await context.Plans
            .Where(row => (row.ExpiresAt < longAgo || row.Id.CompareTo(oldest) <= 0)
                && !context.Recoveries.Any(recovery => recovery.PlanId == row.Id && !States.Final.Contains(recovery.State)))
            .ExecuteDeleteAsync(cancellationToken);
    }
}
