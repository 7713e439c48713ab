using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;

namespace Recovery.Labs;

/// <summary>
/// The control plane as its real published binary, beside a lab: it knows the lab's CHAP file and its fence agent, and
/// keeps its database in a directory of its own, unless it shares one on MariaDB with other replicas.
/// </summary>
public sealed class LabControlPlane : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly string binary;
    private readonly IReadOnlyList<string> arguments;
    private Process? process;
    private bool kept;

    private LabControlPlane(Lab lab, string binary, int port, string? replica, IReadOnlyList<string> settings)
    {
        this.binary = binary;
        Directory = replica is null ? DirectoryOf(lab.Name) : $"{DirectoryOf(lab.Name)}-{replica}";
        Address = new Uri($"http://127.0.0.1:{port}");
        Http = new HttpClient { BaseAddress = Address, Timeout = TimeSpan.FromMinutes(5) };
        arguments =
        [
            $"--urls={Address}",
            .. replica is null
                ? (string[])[$"--Recovery:Database:File={Directory}/recovery.db"]
                :
                [
                    "--Recovery:Database:Provider=mysql", $"--Recovery:Database:ConnectionStringFile={Directory}/mysql",
                    $"--Recovery:Runner:Replica={replica}", $"--Recovery:Runner:LeaseSeconds={ReplicaLease.TotalSeconds}",
                ],
            $"--Recovery:Fencing:AgentDirectory={Path.GetDirectoryName(lab.FenceAgent)}",
            $"--Recovery:Fencing:SecretsDirectory={Directory}",
            "--Recovery:Fencing:RetrySeconds=5",
            $"--Recovery:Volumes:ChapFile={lab.ChapFile}",
            .. settings,
        ];
    }

    /// <summary>How long a replica holds a recovery without renewing: short, for tests that wait for its end.</summary>
    public static TimeSpan ReplicaLease { get; } = TimeSpan.FromSeconds(6);

    /// <summary>Where it keeps its database and its log.</summary>
    public string Directory { get; }

    public string Log => $"{Directory}/control-plane.log";

    public Uri Address { get; }

    public HttpClient Http { get; }

    public int? ProcessId => process?.Id;

    /// <summary>Starts it afresh: whatever an earlier one for this lab left is cleared away first.</summary>
    public static Task<LabControlPlane> StartAsync(Lab lab, string binary, int port = 7070, CancellationToken cancellationToken = default) =>
        StartAsync(lab, binary, port, [], cancellationToken);

    /// <param name="settings">Further arguments, after those that every lab wants.</param>
    public static async Task<LabControlPlane> StartAsync(
        Lab lab, string binary, int port, IReadOnlyList<string> settings, CancellationToken cancellationToken = default)
    {
        Remove(lab.Name);
        return await StartAsync(new LabControlPlane(lab, binary, port, null, settings), null, cancellationToken);
    }

    /// <summary>Starts one of several on one MariaDB, which the first of them migrates.</summary>
    /// <param name="replica">Its name, which no other has.</param>
    public static Task<LabControlPlane> StartReplicaAsync(
        Lab lab, string binary, int port, MariaDb database, string replica, CancellationToken cancellationToken = default)
    {
        var plane = new LabControlPlane(lab, binary, port, replica, []);
        RemoveDirectory(plane.Directory);
        return StartAsync(plane, database, cancellationToken);
    }

    private static async Task<LabControlPlane> StartAsync(LabControlPlane plane, MariaDb? database, CancellationToken cancellationToken)
    {
        RefuseTaken(plane.Address.Port);
        System.IO.Directory.CreateDirectory(plane.Directory);
        try
        {
            if (database is not null)
            {
                await plane.MigrateAsync(database, cancellationToken);
            }

            await plane.StartAsync(cancellationToken);
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    private async Task MigrateAsync(MariaDb database, CancellationToken cancellationToken)
    {
        var secret = $"{Directory}/mysql";
        await File.WriteAllTextAsync(secret, database.ConnectionString("recovery"), cancellationToken);
        File.SetUnixFileMode(secret, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        await Tool.RunAsync(binary, ["migrate", .. arguments], cancellationToken);
    }

    // Somebody else's control plane there would answer in this one's place.
    private static void RefuseTaken(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
        }
        catch (SocketException taken)
        {
            throw new LabException($"Port {port} of 127.0.0.1 is taken ({taken.Message}). End what listens there, or choose another port.");
        }
    }

    /// <summary>Starts it again on the database that it has.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        // A session of its own, so that Ctrl-C at the terminal ends the reader and not what he looks at; a shell for the log.
        process = Process.Start(new ProcessStartInfo(
            "setsid", ["bash", "-c", "echo $$ > \"$0.pid\"; exec \"$@\" >> \"$0\" 2>&1 < /dev/null", Log, binary, .. arguments])
        {
            WorkingDirectory = Directory,
        }) ?? throw new LabException($"{binary} could not be started.");
        await UntilAsync("/healthz/ready", cancellationToken);
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        if (process is null)
        {
            return;
        }

        process.Kill();
        await process.WaitForExitAsync(cancellationToken);
        process.Dispose();
        process = null;
    }

    /// <summary>SIGSTOP: it neither does nor notices anything until <see cref="ThawAsync"/>.</summary>
    public Task FreezeAsync(CancellationToken cancellationToken = default) => SignalAsync("-STOP", cancellationToken);

    public Task ThawAsync(CancellationToken cancellationToken = default) => SignalAsync("-CONT", cancellationToken);

    private Task<string> SignalAsync(string signal, CancellationToken cancellationToken) =>
        Tool.RunAsync("kill", [signal, $"{process?.Id ?? throw new LabException("This control plane does not run.")}"], cancellationToken);

    /// <summary>Registers every host of the lab, with the lab's power switch as fence agent unless told otherwise.</summary>
    public async Task RegisterAsync(Lab lab, bool withFencing = true, CancellationToken cancellationToken = default)
    {
        foreach (var host in lab.Hosts)
        {
            object[] fencing = withFencing
                ? [new { agent = "fence_lab", options = new { plug = host.Name, lab = lab.Name } }]
                : [];
            var response = await Http.PutAsJsonAsync(
                $"/v1/hosts/{host.Name}", new { executor = host.Executor.Endpoint.GetLeftPart(UriPartial.Authority), fencing }, cancellationToken);
            await ExpectAsync(response, cancellationToken);
        }
    }

    public async Task<JsonElement> GetAsync(string path, CancellationToken cancellationToken = default)
    {
        var response = await Http.GetAsync(path, cancellationToken);
        await ExpectAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    /// <summary>What a human with curl gets to see.</summary>
    public async Task<string> TextAsync(string path, CancellationToken cancellationToken = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Accept.ParseAdd("text/plain");
        using var response = await Http.SendAsync(request, cancellationToken);
        await ExpectAsync(response, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    /// <summary>Waits until an answer is as wanted, and returns it.</summary>
    public async Task<JsonElement> UntilAsync(
        string path, Func<JsonElement, bool> reached, TimeSpan within, CancellationToken cancellationToken = default)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await GetAsync(path, cancellationToken);
            if (reached(answer))
            {
                return answer;
            }

            if (TimeProvider.System.GetElapsedTime(begin) > within)
            {
                throw new LabException($"{path} did not become what was awaited within {within.TotalSeconds:0} s: {answer}");
            }

            await Task.Delay(100, cancellationToken);
        }
    }

    public static async Task ExpectAsync(HttpResponseMessage response, CancellationToken cancellationToken = default)
    {
        if (!response.IsSuccessStatusCode)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new LabException($"{response.RequestMessage?.Method} {response.RequestMessage?.RequestUri} → {(int)response.StatusCode}: {body}");
        }
    }

    /// <summary>Ends what earlier control planes of this lab left, and removes their directories.</summary>
    internal static void Remove(string lab)
    {
        RemoveDirectory(DirectoryOf(lab));
        foreach (var replica in System.IO.Directory.GetDirectories(Path.GetDirectoryName(DirectoryOf(lab))!, $"{Path.GetFileName(DirectoryOf(lab))}-*"))
        {
            RemoveDirectory(replica);
        }
    }

    private static string DirectoryOf(string lab) => $"/var/lib/recovery-lab-{lab}-control-plane";

    private static void RemoveDirectory(string directory)
    {
        if (!System.IO.Directory.Exists(directory))
        {
            return;
        }

        var pidFile = $"{directory}/control-plane.log.pid";
        if (File.Exists(pidFile) && int.TryParse(File.ReadAllText(pidFile), out var pid) && RunsIn(pid, directory))
        {
            using var left = Process.GetProcessById(pid);
            left.Kill();
            left.WaitForExit();
        }

        System.IO.Directory.Delete(directory, recursive: true);
    }

    /// <summary>From now on it goes on when this object is disposed.</summary>
    public void Keep() => kept = true;

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (kept)
        {
            process?.Dispose();
            return;
        }

        await KillAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    // A pid may have been given to somebody else meanwhile; only one that works in our directory is ours.
    private static bool RunsIn(int pid, string directory) =>
        new FileInfo($"/proc/{pid}/cwd").LinkTarget == directory;

    private async Task UntilAsync(string path, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            if (process is { HasExited: true } || TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                throw new LabException($"The control plane did not come up. Its last words: {LastWords()}");
            }

            try
            {
                using var response = await Http.GetAsync(path, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            await Task.Delay(50, cancellationToken);
        }
    }

    private string LastWords() =>
        File.Exists(Log) ? string.Join(' ', File.ReadAllLines(Log).TakeLast(10)) : "none";
}
