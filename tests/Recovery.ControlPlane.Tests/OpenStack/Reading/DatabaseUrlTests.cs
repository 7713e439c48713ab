using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Tests.OpenStack.Reading;

/// <summary>What nova_api.cell_mappings may hold.</summary>
public sealed class DatabaseUrlTests
{
    [Theory]
    [InlineData("mysql+pymysql://nova:lab@127.0.0.1:3307/nova?charset=utf8mb4", "127.0.0.1", 3307, "nova")]
    [InlineData("mysql://nova:p%40ss@db/nova_cell1", "db", 0, "nova_cell1")]
    [InlineData("mysql+pymysql://nova:p@ss:word@db:3306/nova", "db", 3306, "nova")]
    [InlineData("mysql+pymysql://nova:lab@[fd00::5]:3306/nova", "fd00::5", 3306, "nova")]
    [InlineData("mysql+pymysql://{username}:{password}@{hostname}:{port}/nova_cell1?{query}", "our-db", 3310, "nova_cell1")]
    public void It_names_server_port_and_database(string url, string server, int port, string database) =>
        Assert.Equal(new DatabaseUrl(server, port, database), DatabaseUrl.Read(url, "our-db", 3310));

    [Theory]
    [InlineData("")]
    [InlineData("none:///")]
    [InlineData("sqlite:////var/lib/nova/nova.sqlite")]
    [InlineData("mysql+pymysql://nova:lab@/nova?unix_socket=/run/mysqld/mysqld.sock")]
    [InlineData("mysql+pymysql://nova:lab@db:port/nova")]
    [InlineData("mysql+pymysql://nova:lab@db")]
    [InlineData("{scheme}://{username}:{password}@{hostname}:{port}/{path}?{query}")]
    [InlineData("mysql+pymysql://{username}:{password}@{hostname}:{port}/{path}")]
    public void What_names_none_is_no_address(string url) => Assert.Null(DatabaseUrl.Read(url, "our-db", 3310));
}
