namespace Recovery.ControlPlane.Tests.Api;

/// <summary>
/// node1 is silent with web1 and web2, node2 is alive with db1, node3 is silent and empty, node9 was never seen. One for
/// a whole table: what is refused writes nothing.
/// </summary>
public sealed class RefusalFixture : IAsyncLifetime
{
    public RunningControlPlane Plane { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Plane = await RunningControlPlane.StartAsync();
        await SeedAsync(Plane);
    }

    public ValueTask DisposeAsync() => Plane.DisposeAsync();

    internal static async Task SeedAsync(RunningControlPlane plane)
    {
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2", (Rows.Db1, "db1"));
        await plane.SeedHostAsync("node3");
        await plane.SeedAsync(database =>
        {
            var never = Rows.Host("node9", plane.Time.GetUtcNow());
            never.ReportedAt = null;
            database.Hosts.Add(never);
        });
        plane.Hear("node2");
    }
}
