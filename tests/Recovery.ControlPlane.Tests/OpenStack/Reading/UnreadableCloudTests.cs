using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack.Reading;

/// <summary>Several cells, and databases that are down, closed, incomplete, or of another release.</summary>
public sealed class UnreadableCloudTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_second_cell_is_read_beside_the_first()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await AddCellAsync(cloud, $"mysql+pymysql://{{username}}:{{password}}@127.0.0.1:{cloud.Port}/nova_cell2?charset=utf8mb4");

        var view = await ReadAsync(cloud.Options);

        Assert.Empty(view.Faults);
        Assert.Equal(["cell1", "cell2"], view.Cells.Select(each => each.Name));
        Assert.Equal(["cell1", "cell2", "cell1", "cell1"], view.Hosts.Select(each => each.Cell));
        Assert.Equal("cell2", view.Instances.Single(each => each.Name == "vm-9").Cell);
    }

    [Fact]
    public async Task A_cell_that_is_down_is_said_and_the_rest_goes_on()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await AddCellAsync(cloud, "mysql+pymysql://nova:secret@127.0.0.1:1/nova_cell2");

        var view = await ReadAsync(cloud.Options);

        Assert.Equal(3, view.Instances.Count);
        Assert.Contains("nova_cell2 on 127.0.0.1:1 does not answer", view.Cells[1].Unreadable, StringComparison.Ordinal);
        Assert.StartsWith("Hosts and instances of cell cell2 are missing: ", Assert.Single(view.Faults), StringComparison.Ordinal);
        Assert.DoesNotContain("secret", view.Faults[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_settings_may_say_where_a_cell_is()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await AddCellAsync(cloud, "mysql+pymysql://nova:secret@unknown.invalid/nova_cell2");
        var options = cloud.Options with
        {
            Cells = new Dictionary<string, string> { ["cell2"] = "Database=nova_cell2;User ID=nobody;Password=nothing" },
        };

        Assert.Empty((await ReadAsync(options)).Faults);

        var address = await new CloudConnections(options).WriterAsync(ForeignDatabase.Nova, "cell2", Cancellation);
        Assert.Equal(($"nova_cell2 on 127.0.0.1:{cloud.Port}", CloudDatabases.Writer), ($"{address}", address.User));
    }

    [Fact]
    public async Task A_disabled_cell_is_left_out()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await AddCellAsync(cloud, "mysql+pymysql://nova:secret@127.0.0.1:1/nova_cell2");
        await cloud.ExecuteAsync("nova_api", "UPDATE cell_mappings SET disabled = 1 WHERE name = 'cell2'");

        var view = await ReadAsync(cloud.Options);

        Assert.Equal("cell1", Assert.Single(view.Cells).Name);
        Assert.Empty(view.Faults);
    }

    [Fact]
    public async Task All_tables_and_columns_that_are_missing_are_named_at_once()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync("nova", "DROP TABLE migrations; ALTER TABLE instances DROP COLUMN node; ALTER TABLE services DROP COLUMN forced_down");

        var view = await ReadAsync(cloud.Options);

        Assert.Empty(view.Hosts);
        var fault = Assert.Single(view.Faults);
        Assert.Contains("lacks ", fault, StringComparison.Ordinal);
        Assert.All(["the table migrations", "the column instances.node", "the column services.forced_down"], each => Assert.Contains(each, fault, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_said_without_the_password()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        var options = cloud.Options with
        {
            ReaderConnectionStringFile = cloud.Secret("wrong", $"Server=127.0.0.1;Port={cloud.Port};User ID=recovery_reader;Password=hunter2"),
        };

        var failure = await Assert.ThrowsAsync<CloudUnreadableException>(() => ReadAsync(options));

        Assert.Contains("refuses the user recovery_reader", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{failure}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Server=127.0.0.1;Passwort=hunter2")]
    [InlineData("hunter2")]
    public async Task A_file_without_a_connection_string_is_named_and_not_quoted(string text)
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        var options = cloud.Options with { ReaderConnectionStringFile = cloud.Secret("wrong", text) };

        var failure = await Assert.ThrowsAsync<CloudUnreadableException>(() => ReadAsync(options));

        Assert.Contains("ReaderConnectionStringFile holds no connection string", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{failure}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nova_api")]
    [InlineData("placement")]
    public async Task Without_nova_api_or_placement_there_is_no_view(string database)
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        var options = cloud.Options;
        await cloud.ExecuteAsync("mysql", $"DROP DATABASE {database}");

        var failure = await Assert.ThrowsAsync<CloudUnreadableException>(() => ReadAsync(options));

        Assert.Contains($"{database} on 127.0.0.1:{cloud.Port}", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_cinder_and_neutron_there_is_a_view_that_says_so()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        await cloud.ExecuteAsync("mysql", "DROP DATABASE cinder; DROP DATABASE neutron");

        var view = await ReadAsync(cloud.Options);

        Assert.Equal(3, view.Instances.Count);
        Assert.Equal(2, view.Faults.Count);
        Assert.Contains("cinder on", view.Faults[0], StringComparison.Ordinal);
        Assert.Contains("neutron on", view.Faults[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schema_that_changes_under_the_reader_is_read_anew()
    {
        await using var cloud = await CloudDatabases.StartAsync("before", Cancellation);
        var reader = new CloudReader(new CloudConnections(cloud.Options), TimeProvider.System);
        await reader.ReadAsync(Cancellation);

        await cloud.ExecuteAsync("nova", "ALTER TABLE instances DROP COLUMN node");
        Assert.Single((await reader.ReadAsync(Cancellation)).Faults);
        Assert.Contains("lacks the column instances.node", Assert.Single((await reader.ReadAsync(Cancellation)).Faults), StringComparison.Ordinal);
        await cloud.ExecuteAsync("nova", "ALTER TABLE instances ADD COLUMN node varchar(255)");

        Assert.Empty((await reader.ReadAsync(Cancellation)).Faults);
    }

    private static Task<CloudView> ReadAsync(OpenStackOptions options) =>
        new CloudReader(new CloudConnections(options), TimeProvider.System).ReadAsync(Cancellation);

    private static async Task AddCellAsync(CloudDatabases cloud, string url)
    {
        await cloud.CreateAsync("nova_cell2", "nova", Cancellation);
        await cloud.ExecuteAsync(
            "nova_cell2",
            """
            INSERT INTO services (host, `binary`, report_count, disabled, deleted, forced_down) VALUES ('node1b', 'nova-compute', 1, 0, 0, 0);
            INSERT INTO instances (uuid, display_name, host, node, vm_state, deleted, hidden) VALUES (UUID(), 'vm-9', 'node1b', 'node1b', 'active', 0, 0);
            """);
        await cloud.ExecuteAsync("nova_api", $"INSERT INTO cell_mappings (id, uuid, name, database_connection, disabled) VALUES (3, UUID(), 'cell2', '{url}', 0)");
    }
}
