using System.Globalization;
using Microsoft.EntityFrameworkCore;
using MySqlConnector;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Persistence.MySql;

/// <summary>
/// MySQL, MariaDB or Galera: for any number of replicas. Its schema is changed by <c>migrate</c> alone, so that no
/// replica changes it under the others.
/// </summary>
internal sealed partial class MySqlDatabase : RecoveryDatabase
{
    private static readonly TimeSpan TryAgainAfter = TimeSpan.FromSeconds(2);

    private readonly DatabaseOptions settings;
    private readonly MySqlConnectionStringBuilder connection;
    private readonly TimeProvider time;
    private readonly ILogger<MySqlDatabase> log;
    private DbContextOptions<MySqlRecoveryDbContext>? options;

    public MySqlDatabase(DatabaseOptions settings, TimeProvider time, ILogger<MySqlDatabase> log)
    {
        (this.settings, this.time, this.log) = (settings, time, log);
        connection = DatabaseRules.ReadMySql(settings);

        // How EF counts what a compare-and-set has matched: rows found, also when they already were as wanted.
        connection.UseAffectedRows = false;
        connection.AllowUserVariables = true;
        connection.PersistSecurityInfo = false;
        if (connection.ApplicationName is not { Length: > 0 })
        {
            connection.ApplicationName = "recovery-control-plane";
        }
    }

    public override string Name => $"The database {connection.Database} on {connection.Server}:{connection.Port}";

    public override string Advice => $"{Name} has to run, be reachable from here, and let {connection.UserID} in.";

    // Without the database, which migrate creates when it is missing and its user may.
    private string ServerConnection =>
        new MySqlConnectionStringBuilder(connection.ConnectionString) { Database = "", Pooling = false }.ConnectionString;

    public override RecoveryDbContext CreateDbContext() => new MySqlRecoveryDbContext(
        options ?? throw new InvalidOperationException($"{Name} was not opened yet."));

    public override async Task OpenAsync(CancellationToken cancellationToken)
    {
        // In one: the server may go away again right after it has answered.
        var pending = await AnsweredAsync(
            async () =>
            {
                await ConnectAsync(cancellationToken);
                return await PendingAsync(cancellationToken);
            },
            cancellationToken);
        if (pending.Count > 0)
        {
            throw new DatabaseRefusedException(
                $"{Name} lacks {pending.Count} of this release's migrations: {string.Join(", ", pending)}. Run recovery-control-plane migrate with the same settings, once for all replicas, then start again.");
        }
    }

    public override async Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellationToken)
    {
        await AnsweredAsync(
            async () =>
            {
                await ConnectAsync(cancellationToken);
                return true;
            },
            cancellationToken);
        try
        {
            await CreateMissingAsync(cancellationToken);
            var pending = await PendingAsync(cancellationToken);
            await using var context = CreateDbContext();
            context.Database.SetCommandTimeout(TimeSpan.FromMinutes(30));

            // EF holds a lock of the server meanwhile: whoever comes second waits, and finds nothing left to do.
            await context.Database.MigrateAsync(cancellationToken);
            return pending;
        }
        catch (MySqlException refused)
        {
            throw new DatabaseRefusedException(
                $"{Name} could not be migrated: {refused.Message} Nothing is rolled back by MySQL itself: look at what is there, restore the backup if it was in use, and run migrate again.", refused);
        }
    }

    // EF would create it too, but two at once would be in each other's way.
    private async Task CreateMissingAsync(CancellationToken cancellationToken)
    {
        await using var server = new MySqlConnection(ServerConnection);
        await server.OpenAsync(cancellationToken);
        await using var command = server.CreateCommand();
        command.CommandText = "SELECT COUNT(*) FROM information_schema.schemata WHERE schema_name = @name";
        command.Parameters.AddWithValue("@name", connection.Database);
        if (Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture) == 0)
        {
            command.CommandText = $"CREATE DATABASE IF NOT EXISTS {new MySqlCommandBuilder().QuoteIdentifier(connection.Database)}";
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    // A server that is started beside the control plane may be a while yet.
    private async Task<T> AnsweredAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
    {
        var begin = time.GetTimestamp();
        var said = "";
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (Exception failed) when (WordsOf(failed) is not null)
            {
                var failure = WordsOf(failed)!;
                if (time.GetElapsedTime(begin) + TryAgainAfter > TimeSpan.FromSeconds(settings.WaitSeconds))
                {
                    throw new DatabaseRefusedException(
                        $"{Name} can't be used: {failure.Message} It was tried for {settings.WaitSeconds} s. {Advice}", failure);
                }

                if (said != failure.Message)
                {
                    said = failure.Message;
                    LogWaiting(Name, failure.Message, settings.WaitSeconds);
                }
            }

            await Task.Delay(TryAgainAfter, time, cancellationToken);
        }
    }

    private async Task ConnectAsync(CancellationToken cancellationToken) =>
        options = new DbContextOptionsBuilder<MySqlRecoveryDbContext>()
            .UseMySql(connection.ConnectionString, await VersionAsync(cancellationToken))
            .Options;

    // EF wraps what it takes for passing.
    private static MySqlException? WordsOf(Exception failure) =>
        failure as MySqlException ?? (failure.InnerException is { } inner ? WordsOf(inner) : null);

    private async Task<ServerVersion> VersionAsync(CancellationToken cancellationToken)
    {
        await using var asked = new MySqlConnection(ServerConnection);
        await asked.OpenAsync(cancellationToken);
        return ServerVersion.Parse(settings.ServerVersion.Length > 0 ? settings.ServerVersion : asked.ServerVersion);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Database} does not answer yet: {Reason} Trying again for {Seconds} s in all.")]
    private partial void LogWaiting(string database, string reason, int seconds);
}
