using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Persistence;

/// <summary>
/// Lets transactions through one at a time where they decide on what they read of each other's rows: whoever comes
/// second waits here until the first has committed, and then sees what it wrote. SQLite has one writer and needs none.
/// </summary>
internal static class Turnstile
{
    /// <summary>Who may register a host: no two with one name or one executor.</summary>
    public const string Hosts = "hosts";

    /// <summary>What executors report, and where each instance belongs because of it.</summary>
    public const string Reports = "reports";

    public static IReadOnlyList<string> All { get; } = [Hosts, Reports];

    /// <summary>The first statement of a transaction; held until that ends.</summary>
    public static async Task PassAsync(RecoveryDbContext context, string name, CancellationToken cancellationToken)
    {
        if (context.Database.IsMySql())
        {
            await context.Turnstiles.Where(row => row.Name == name)
                .ExecuteUpdateAsync(row => row.SetProperty(each => each.Passed, each => each.Passed + 1), cancellationToken);
        }
    }
}
