using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Sqlite;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>One file, one control plane.</summary>
public sealed class SqliteDatabaseTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("recovery-sqlite-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string DatabaseFile => Path.Combine(folder, "recovery.db");

    public void Dispose()
    {
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_second_control_plane_on_the_file_is_refused_until_the_first_has_ended()
    {
        using var second = Database("two");
        using (var first = Database("one"))
        {
            await first.OpenAsync(Cancellation);

            var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => second.OpenAsync(Cancellation));

            Assert.Contains($"Another control plane works on {DatabaseFile}: process {Environment.ProcessId} on ", refused.Message, StringComparison.Ordinal);
            Assert.Contains("replica one", refused.Message, StringComparison.Ordinal);
            Assert.Contains("Recovery:Database:Provider=mysql", refused.Message, StringComparison.Ordinal);
            await Assert.ThrowsAsync<DatabaseRefusedException>(() => second.MigrateAsync(Cancellation));
        }

        await second.OpenAsync(Cancellation);
    }

    [Fact]
    public async Task Another_name_of_the_file_is_no_way_around()
    {
        using var first = Database("one");
        await first.OpenAsync(Cancellation);
        var other = Path.Combine(folder, "other.db");
        File.CreateSymbolicLink(other, DatabaseFile);
        using var second = new SqliteDatabase(new DatabaseOptions { File = other }, new RunnerOptions());

        await Assert.ThrowsAsync<DatabaseRefusedException>(() => second.OpenAsync(Cancellation));
    }

    [Fact]
    public async Task The_migrations_make_what_the_model_says()
    {
        using var database = Database("one");
        await database.OpenAsync(Cancellation);
        await using var context = database.CreateDbContext();

        Assert.False(context.Database.HasPendingModelChanges());
        Assert.Equal(Turnstile.All.Order(), await context.Turnstiles.Select(row => row.Name).OrderBy(each => each).ToListAsync(Cancellation));
    }

    [Fact]
    public async Task A_file_of_a_newer_release_is_refused()
    {
        using var database = Database("one");
        await database.OpenAsync(Cancellation);
        await using var context = database.CreateDbContext();
        await context.Database.ExecuteSqlAsync($"INSERT INTO __EFMigrationsHistory VALUES ('29991231235959_FromTheFuture', '99.0')", Cancellation);

        var refused = await Assert.ThrowsAsync<DatabaseRefusedException>(() => database.OpenAsync(Cancellation));

        Assert.Contains("newer release: 29991231235959_FromTheFuture", refused.Message, StringComparison.Ordinal);
    }

    private SqliteDatabase Database(string replica) =>
        new(new DatabaseOptions { File = DatabaseFile }, new RunnerOptions { Replica = replica });
}
