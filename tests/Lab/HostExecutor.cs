using System.Globalization;

namespace Recovery.Labs;

/// <summary>The executor of one host, as its real published binary.</summary>
public sealed class HostExecutor
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly Machine _machine;
    private readonly int _port;

    internal HostExecutor(Machine machine, string address, int port)
    {
        _machine = machine;
        _port = port;
        Endpoint = new Uri($"http://{address}:{port}");
    }

    /// <summary>Where it listens, as the control plane reaches it.</summary>
    public Uri Endpoint { get; }

    /// <summary>Whether the lab has an executor at all.</summary>
    public bool IsConfigured => File.Exists(_machine.File("executor.arguments"));

    /// <summary>Its output, over all its runs.</summary>
    public string Log => _machine.File("executor.log");

    /// <summary>The host's directory behind --Executor:StateDirectory; it outlasts power cuts.</summary>
    public string StateDirectory => _machine.File("disk/var/lib/recovery-executor");

    /// <summary>Its process, or null while none runs.</summary>
    public MachineProcess? Process() => PidInside() is { } pid ? _machine.Processes().FirstOrDefault(p => p.PidInside == pid) : null;

    // Of the latest start since the host has power: written before the executor is, so that one without a process has ended.
    private int? PidInside()
    {
        if (!_machine.IsOn) return null;
        try
        {
            return int.Parse(File.ReadAllText(_machine.Inside("/run/recovery-executor.pid")), CultureInfo.InvariantCulture);
        }
        catch (Exception none) when (none is IOException or FormatException or LabException)
        {
            return null; // Not written yet, or the host went off meanwhile.
        }
    }

    /// <summary>Returns when it listens. One that runs already is left alone.</summary>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (!IsConfigured) throw new LabException($"This lab was built without an executor; build it again with --executor PATH.");
        await _machine.RunAsync(["/run/lab/bin/start-executor"], cancellationToken);
        await ListensAsync(cancellationToken);
    }

    /// <summary>kill -9. Returns when it is gone; one that doesn't run counts as killed.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        if (Process() is not { } process) return;
        await _machine.TryAsync(["kill", "-KILL", $"{process.PidInside}"], cancellationToken);
        while (_machine.Processes().Any(p => p.Pid == process.Pid)) await Task.Delay(5, cancellationToken);
    }

    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync(cancellationToken);
        await StartAsync(cancellationToken);
    }

    internal async Task ListensAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (!IsListening())
            {
                if (PidInside() is not null && Process() is null)
                    throw new LabException($"The executor of {_machine.Name} ended at its start. Its last words: {_machine.LastWords("executor.log")}");
                await Task.Delay(20, patience.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LabException($"The executor of {_machine.Name} does not listen on port {_port} after {Patience.TotalSeconds:0} s. " +
                $"Its last words: {_machine.LastWords("executor.log")}");
        }
    }

    // The host's own table of sockets: it can be read also while the host is cut from the network. State 0A is LISTEN.
    private bool IsListening()
    {
        if (!_machine.IsOn) throw new LabException($"{_machine.Name} is off, so its executor can't run.");
        var port = $":{_port:X4}";
        return File.ReadLines(_machine.Inside("/proc/1/net/tcp"))
            .Select(line => line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Any(columns => columns.Length > 3 && columns[1].EndsWith(port, StringComparison.Ordinal) && columns[3] == "0A");
    }
}
