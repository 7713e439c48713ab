using MySqlConnector;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>That the copied databases are what the other stories take them for.</summary>
public sealed class CloudDatabasesTests
{
    [Theory]
    [InlineData("before", "node1", 9)]
    [InlineData("after-evacuation", "node2", 18)]
    public async Task They_hold_what_nova_wrote(string moment, string host, long allocations)
    {
        await using var cloud = await CloudDatabases.StartAsync(moment, TestContext.Current.CancellationToken);

        var instance = Assert.Single(await cloud.QueryAsync("nova", "SELECT host, task_state, cleaned FROM instances WHERE display_name = 'vm-1'"));

        Assert.Equal(host, instance["host"]);
        Assert.Null(instance["task_state"]);
        Assert.Equal(allocations, Assert.Single(await cloud.QueryAsync("placement", "SELECT COUNT(*) AS count FROM allocations"))["count"]);
    }

    [Fact]
    public async Task Its_reader_may_not_write()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", TestContext.Current.CancellationToken);
        await using var connection = new MySqlConnection($"{cloud.ReaderConnectionString};Database=nova");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new MySqlCommand("UPDATE instances SET host = 'node9'", connection);

        await Assert.ThrowsAsync<MySqlException>(() => command.ExecuteNonQueryAsync(TestContext.Current.CancellationToken));
    }
}
