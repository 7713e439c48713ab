using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Recovery.Labs;

/// <summary>
/// A private MariaDB: Debian's binary on a loopback port of its own, its data in a temporary directory. It ends with
/// whoever started it, also when that is killed: its keeper waits at the other end of a pipe.
/// </summary>
public sealed class MariaDb : IAsyncDisposable
{
    private const string Password = "a test's own";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // Starts the server once for each line that it reads; at the end of the pipe it clears up.
    private const string Keeper =
        """
        directory=$1; shift; exec 2> /dev/null
        while read -r _; do "$@" >> "$directory/log" 2>&1 < /dev/null & pid=$!; echo $pid; done
        kill -9 $pid; wait; rm -rf "$directory"
        """;

    private readonly Process keeper;

    private MariaDb(Process keeper, string directory, int port) => (this.keeper, Directory, Port) = (keeper, directory, port);

    public string Directory { get; }

    public int Port { get; }

    /// <summary>0 while it is down.</summary>
    public int ProcessId { get; private set; }

    private string Socket => $"{Directory}/socket";

    /// <param name="durable">Every commit reaches the disk, as in production; without it tests are faster.</param>
    public static Task<MariaDb> StartAsync(bool durable = false, CancellationToken cancellationToken = default) =>
        StartAsync(durable, null, cancellationToken);

    internal static async Task<MariaDb> StartAsync(bool durable, GaleraMember? member, CancellationToken cancellationToken)
    {
        // In memory where there is some: most of the time goes into files that nobody reads again.
        var memory = new DriveInfo("/dev/shm");
        var parent = !durable && memory.IsReady && memory.AvailableFreeSpace > 1L << 30 ? memory.Name : Path.GetTempPath();
        var directory = Path.Combine(parent, $"recovery-mariadb-{Guid.NewGuid():N}");
        System.IO.Directory.CreateDirectory($"{directory}/data");

        // Of its own: a server that starts takes away all temporary tables that it finds where it keeps its own.
        System.IO.Directory.CreateDirectory($"{directory}/tmp");
        var port = FreePort();
        await File.WriteAllTextAsync($"{directory}/my.cnf", Configuration(directory, port, durable) + member?.Configuration, cancellationToken);
        await Tool.RunAsync("chown", ["-R", "mysql:", directory], cancellationToken);
        if (member is not { Joins: true })
        {
            await Tool.RunAsync(
                "mariadb-install-db",
                ["--no-defaults", "--user=mysql", $"--datadir={directory}/data", $"--tmpdir={directory}/tmp", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve"],
                cancellationToken);
        }

        var keeper = Process.Start(new ProcessStartInfo(
            "setsid",
            ["bash", "-c", Keeper, "mariadb-keeper", directory, "mariadbd", $"--defaults-file={directory}/my.cnf", .. member?.Arguments ?? []])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        }) ?? throw new LabException("The keeper of MariaDB could not be started.");
        var server = new MariaDb(keeper, directory, port);
        try
        {
            await server.StartAgainAsync(cancellationToken);
            if (member is not { Joins: true })
            {
                await server.QueryAsync(
                    "mysql",
                    $"CREATE USER 'recovery'@'%' IDENTIFIED BY '{Password.Replace("'", "''", StringComparison.Ordinal)}'; GRANT ALL ON *.* TO 'recovery'@'%';",
                    cancellationToken);
            }

            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>For the control plane, and for tests.</summary>
    public string ConnectionString(string database) =>
        $"Server=127.0.0.1;Port={Port};Database={database};User ID=recovery;Password=\"{Password}\"";

    /// <summary>After <see cref="KillAsync"/>: on the data that it has.</summary>
    public async Task StartAgainAsync(CancellationToken cancellationToken = default)
    {
        await keeper.StandardInput.WriteLineAsync("start".AsMemory(), cancellationToken);
        await keeper.StandardInput.FlushAsync(cancellationToken);
        ProcessId = int.Parse(
            await keeper.StandardOutput.ReadLineAsync(cancellationToken) ?? throw new LabException("The keeper of MariaDB has ended."),
            CultureInfo.InvariantCulture);
        var begin = TimeProvider.System.GetTimestamp();
        while ((await Tool.TryAsync("mariadb-admin", ["--no-defaults", $"--socket={Socket}", "--user=root", "ping"], cancellationToken)).ExitCode != 0)
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience || !System.IO.Directory.Exists($"/proc/{ProcessId}"))
            {
                throw new LabException($"MariaDB did not come up. Its last words: {string.Join(' ', File.ReadAllLines($"{Directory}/log").TakeLast(10))}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        await Tool.RunAsync("kill", ["-9", ProcessId.ToString(CultureInfo.InvariantCulture)], cancellationToken);
        while (new FileInfo($"/proc/{ProcessId}/exe").LinkTarget is not null)
        {
            await Task.Delay(20, cancellationToken);
        }

        ProcessId = 0;
    }

    /// <summary>Lines of columns, separated by tabs; without their names.</summary>
    public async Task<IReadOnlyList<string>> QueryAsync(string database, string statement, CancellationToken cancellationToken = default) =>
        (await Tool.RunAsync(
            "mariadb",
            ["--no-defaults", $"--socket={Socket}", "--user=root", "--batch", "--raw", "--skip-column-names", database],
            cancellationToken,
            statement)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public async ValueTask DisposeAsync()
    {
        keeper.StandardInput.Close();
        await keeper.WaitForExitAsync();
        keeper.Dispose();
    }

    private static string Configuration(string directory, int port, bool durable) =>
        $"""
        [mariadbd]
        user=mysql
        datadir={directory}/data
        tmpdir={directory}/tmp
        socket={directory}/socket
        pid-file={directory}/pid
        port={port}
        bind-address=127.0.0.1
        skip-name-resolve
        skip-log-bin
        max-connections=500
        innodb-buffer-pool-size=64M
        innodb-flush-log-at-trx-commit={(durable ? 1 : 0)}

        """;

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
