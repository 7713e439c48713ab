namespace Recovery.Executor.Libvirt;

/// <summary>
/// Keeps a connection to libvirt open for as long as the executor runs: opens, waits until it breaks, opens again.
/// libvirtd may be restarted at any time (guests survive that), so its absence is a state and not a failure.
/// </summary>
internal sealed class LibvirtSession(string uri, TimeProvider time, ILogger<LibvirtSession> log) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly Lock gate = new();
    private TaskCompletionSource changed = NewTurn();
    private LibvirtConnection? current;
    private string error = $"not connected to libvirt at {uri} yet";

    /// <summary>Raised on libvirt's event thread: must neither block nor call libvirt.</summary>
    public event Action<DomainEvent>? DomainChanged;

    /// <summary>Raised when a connection opened or broke.</summary>
    public event Action? ConnectionChanged;

    /// <summary>Empty when libvirt answers, else why not.</summary>
    public string Error
    {
        get { lock (gate) return error; }
    }

    /// <exception cref="LibvirtUnavailableException">There is no connection now.</exception>
    public LibvirtConnection Current
    {
        get { lock (gate) return current ?? throw new LibvirtUnavailableException(error); }
    }

    /// <summary>The next connection other than <paramref name="broken"/>, as soon as there is one.</summary>
    public async Task<LibvirtConnection> Reconnected(LibvirtConnection? broken, CancellationToken cancellation)
    {
        while (true)
        {
            Task turn;
            lock (gate)
            {
                if (current is not null && current != broken) return current;
                turn = changed.Task;
            }
            await turn.WaitAsync(cancellation);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                using var connection = await Task.Run(() => LibvirtConnection.Open(uri, e => DomainChanged?.Invoke(e)), stoppingToken);
                pause = ShortestPause;
                Become(connection, "");
                log.LogInformation("connected to libvirt at {Uri}", uri);
                await ((Task)connection.Closed).WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                Become(null, stoppingToken.IsCancellationRequested ? "the executor is stopping" : $"libvirt at {uri} is away: {await connection.Closed}");
            }
            catch (LibvirtException failure)
            {
                Become(null, $"libvirt at {uri} can't be reached: {failure.Message}");
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            if (stoppingToken.IsCancellationRequested) return;
            log.LogWarning("{Reason}; trying again", Error);
            await Task.Delay(pause, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
        }
    }

    private void Become(LibvirtConnection? connection, string reason)
    {
        TaskCompletionSource turn;
        lock (gate)
        {
            if (current == connection && error == reason) return;
            (current, error) = (connection, reason);
            (turn, changed) = (changed, NewTurn());
        }
        turn.SetResult();
        ConnectionChanged?.Invoke();
    }

    private static TaskCompletionSource NewTurn() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
