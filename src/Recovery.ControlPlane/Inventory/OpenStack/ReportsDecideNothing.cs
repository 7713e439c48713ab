using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// In a cloud an instance belongs where Nova says. What executors report claims nothing, moves nothing and forgets
/// nothing; a copy too many is an alarm all the same.
/// </summary>
internal sealed class ReportsDecideNothing : IBelonging
{
    public Task<IReadOnlyList<BelongingChange>> DecideAsync(
        RecoveryDbContext database, ReportedCopies reported, DateTimeOffset now, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<BelongingChange>>([]);
}
