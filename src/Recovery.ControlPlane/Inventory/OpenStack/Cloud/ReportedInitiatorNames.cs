using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What the hosts' executors told: InitiatorName of /etc/iscsi/initiatorname.iscsi.</summary>
internal sealed class ReportedInitiatorNames(IDbContextFactory<RecoveryDbContext> contexts) : IInitiatorNames
{
    public async Task<string> OfAsync(string host, CancellationToken cancellationToken)
    {
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        return await database.Hosts.Where(row => row.Name == host).Select(row => row.InitiatorName).SingleOrDefaultAsync(cancellationToken) ?? "";
    }
}
