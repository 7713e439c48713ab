using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.MySql;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>How a MySQL is found, migrated, and refused.</summary>
public sealed class MySqlDatabaseTests : IAsyncDisposable
{
    private readonly string name = $"test_{Guid.NewGuid():N}";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask DisposeAsync() => await TestServer.Instance.QueryAsync("mysql", $"DROP DATABASE IF EXISTS {name}");

    [Fact]
    public async Task The_server_does_not_start_before_migrate_was_run_and_says_so()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => Database().OpenAsync(Cancellation));

        Assert.Contains($"The database {name} on 127.0.0.1:{TestServer.Instance.Port} lacks", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Run recovery-control-plane migrate", refused.Message, StringComparison.Ordinal);
        Assert.Empty(await TestServer.Instance.QueryAsync("mysql", $"SELECT table_name FROM information_schema.tables WHERE table_schema = '{name}'", Cancellation));

        Assert.NotEmpty(await Database().MigrateAsync(Cancellation));
        await Database().OpenAsync(Cancellation);
        Assert.Empty(await Database().MigrateAsync(Cancellation));
    }

    [Fact]
    public async Task The_migrations_make_what_the_model_says()
    {
        var database = Database();
        await database.MigrateAsync(Cancellation);
        await using var context = database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Equal(Turnstile.All.Order(), await context.Turnstiles.Select(row => row.Name).OrderBy(each => each).ToListAsync(Cancellation));
        Assert.Equal(
            ["utf8mb4_bin"],
            await TestServer.Instance.QueryAsync("mysql", $"SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = '{name}' AND table_name NOT LIKE '\\_\\_%' AND collation_name LIKE 'utf8%'", Cancellation));
    }

    [Fact]
    public async Task Several_migrations_at_once_are_one()
    {
        var applied = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Database().MigrateAsync(Cancellation)));

        Assert.All(applied, each => Assert.NotNull(each));
        await Database().OpenAsync(Cancellation);
    }

    [Fact]
    public async Task A_database_of_a_newer_release_is_refused()
    {
        await Database().MigrateAsync(Cancellation);
        await TestServer.Instance.QueryAsync(name, "INSERT INTO __EFMigrationsHistory VALUES ('29991231235959_FromTheFuture', '99.0')", Cancellation);

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => Database().OpenAsync(Cancellation));

        Assert.Contains("newer release: 29991231235959_FromTheFuture", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<DatabaseRefusedException>(() => Database().MigrateAsync(Cancellation));
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_without_the_password()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(
            () => Database("Server=127.0.0.1;Port=1;Database=recovery;User ID=recovery;Password=hunter2").OpenAsync(Cancellation));

        Assert.StartsWith("The database recovery on 127.0.0.1:1 can't be used: ", refused.Message, StringComparison.Ordinal);
        Assert.EndsWith("The database recovery on 127.0.0.1:1 has to run, be reachable from here, and let recovery in.", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_password_is_named_without_the_password()
    {
        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(
            () => Database($"Server=127.0.0.1;Port={TestServer.Instance.Port};Database=recovery;User ID=recovery;Password=hunter2").OpenAsync(Cancellation));

        Assert.Contains("Access denied for user 'recovery'", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", $"{refused}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_version_that_is_configured_is_used_in_place_of_the_servers_own()
    {
        var database = Database(version: "10.11.1-mariadb");
        await database.MigrateAsync(Cancellation);

        await database.OpenAsync(Cancellation);
    }

    private MySqlDatabase Database(string? connection = null, string version = "") => new(
        new DatabaseOptions
        {
            Provider = DatabaseOptions.MySql,
            ConnectionString = connection ?? TestServer.Instance.ConnectionString(name),
            ServerVersion = version,
            WaitSeconds = 0,
        },
        TimeProvider.System,
        NullLogger<MySqlDatabase>.Instance);
}
