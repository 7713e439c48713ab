using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;
using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Truth;

/// <summary>
/// Sees all that happens, in every process and on every disk, and holds it against the invariants. Knows nothing of how
/// the control plane keeps them: rows are read as rows, hosts as what they are.
/// </summary>
internal sealed class Watcher(World world)
{
    // What one control plane hears, the others read within this time.
    private static readonly TimeSpan UntilAllKnow = TimeSpan.FromSeconds(7);

    private readonly Journal journal = new(world);
    private readonly Dictionary<string, ulong> epochs = [];
    private readonly Dictionary<string, DateTimeOffset> effects = [];
    private readonly Dictionary<(string Host, Guid Guest), DateTimeOffset> verified = [];
    private readonly Dictionary<string, List<DateTimeOffset>> heardOf = [];
    private readonly Dictionary<(Strand ControlPlane, string Host), DateTimeOffset> heardBy = [];
    private bool changed;

    /// <summary>The first thing that was wrong; the story ends there.</summary>
    public Violation? Violation { get; private set; }

    /// <summary>How often each guest was started by a recovery.</summary>
    public Dictionary<Guid, int> Starts { get; } = [];

    /// <summary>What executors were sent, for those who send it once more.</summary>
    public List<(SimulatedHost Host, StepCommand Command)> Sent { get; } = [];

    public Journal Journal => journal;

    public void Broken(Invariant invariant, string what)
    {
        if (Violation is null)
        {
            Violation = new Violation(invariant, Readable(what), world.Kernel.Now - world.StoryBegan);
            world.Say($"VIOLATION {Violation}");
        }
    }

    /// <summary>Something runs, or runs no more, that did not before.</summary>
    public void ClusterChanged() => changed = true;

    /// <summary>After everything that happened.</summary>
    public void Look()
    {
        if (!changed)
        {
            return;
        }

        changed = false;
        foreach (var guest in world.Guests.Values)
        {
            var hosts = world.HostsRunning(guest.Id).ToList();
            if (hosts.Count > 1)
            {
                Broken(Invariant.TwoCopies, $"{guest.Name} runs on {string.Join(" and ", hosts.Select(host => host.Name))}");
            }
        }
    }

    /// <summary>A control plane hears a host.</summary>
    public void Heard(Strand controlPlane, string host)
    {
        heardBy[(controlPlane, host)] = world.Kernel.Now;
        if (!heardOf.TryGetValue(host, out var times))
        {
            times = heardOf[host] = [];
        }

        times.Add(world.Kernel.Now);
    }

    /// <summary>A control plane sends a step.</summary>
    public void Dispatched(Strand controlPlane, SimulatedHost host, StepCommand command)
    {
        Sent.Add((host, command));
        if (command.ActionCase != StepCommand.ActionOneofCase.Start || host.Log.Outcomes.ContainsKey(command.StepId))
        {
            return;
        }

        var source = world.Database.Read(
            "SELECT Source FROM RecoveryInstances WHERE RecoveryId = @recovery AND InstanceId = @instance",
            row => row.GetString(0),
            ("@recovery", Database.Text(command.Recovery)), ("@instance", Database.Text(command.Instance))).FirstOrDefault();
        if (source is not null && source != host.Name && !IsProvenOff(controlPlane, source))
        {
            Broken(Invariant.StartWithoutProof, $"{controlPlane.Name} starts {command.Instance} on {host.Name}, and nothing proves that {source} is off");
        }
    }

    /// <summary>An executor takes a step on.</summary>
    public void Accepted(SimulatedHost host, StepCommand command)
    {
        var key = $"{host.Name} {command.Recovery}";
        var newest = epochs.GetValueOrDefault(key);
        if (command.Epoch < newest)
        {
            Broken(Invariant.EffectOfOlderEpoch, $"{host.Name} obeys epoch {command.Epoch} after {newest}: {SimulatedExecutor.Name(command)} of {command.Instance}");
        }

        epochs[key] = Math.Max(newest, command.Epoch);
    }

    public void Refused(SimulatedHost host, StepCommand command) =>
        world.Say($"{host.Name} refuses {SimulatedExecutor.Name(command)} of {Readable(command.Instance)}: epoch {command.Epoch} is outdated");

    /// <summary>An executor changes its host, now.</summary>
    public void Effect(SimulatedHost host, StepCommand command)
    {
        var intents = world.Database.Read(
            "SELECT Host FROM Journal WHERE StepId = @step", row => row.GetString(0), ("@step", Database.Text(command.StepId)));
        if (!intents.Contains(host.Name))
        {
            Broken(Invariant.EffectWithoutIntent, $"{host.Name} carries out {SimulatedExecutor.Name(command)} of {command.Instance}, which no journal has");
        }

        if (effects.TryGetValue(command.StepId, out var before) && command.ActionCase == StepCommand.ActionOneofCase.Start && host.LastAccident <= before)
        {
            Broken(Invariant.TwoEnds, $"{host.Name} starts {command.Instance} twice for one step");
        }

        effects[command.StepId] = world.Kernel.Now;
        if (command.ActionCase == StepCommand.ActionOneofCase.Start)
        {
            var guest = Guid.ParseExact(command.Instance, "D");
            Starts[guest] = Starts.GetValueOrDefault(guest) + 1;
        }
    }

    /// <summary>How a step ended, in its executor's log.</summary>
    public void Outcome(SimulatedHost host, StepCommand command, StepResult result)
    {
        if (!result.Succeeded && effects.TryGetValue(command.StepId, out var before) && host.LastAccident <= before
            && result.Code is ErrorCode.DomainExists or ErrorCode.DomainNotOurs)
        {
            Broken(Invariant.TwoEnds, $"{host.Name} did {SimulatedExecutor.Name(command)} of {command.Instance}, and says: {result.Message}");
        }

        if (result.Succeeded && command.ActionCase == StepCommand.ActionOneofCase.Verify)
        {
            verified[(host.Name, Guid.ParseExact(command.Instance, "D"))] = world.Kernel.Now;
        }
    }

    /// <summary>A control plane has written.</summary>
    public void Committed(ControlPlaneProcess process) => journal.Committed(process);

    /// <summary>An instance is said to be where it shall be.</summary>
    public void SaidRecovered(SimulatedHost host, Guid guest, string intent)
    {
        var domain = host.Find(guest);
        var isTrue = intent switch
        {
            "StayOff" => domain is { IsActive: false },
            "Pause" => host.Powered && domain is { State: Protocol.V1.DomainState.Paused },
            _ => host.Powered && domain is { IsActive: true },
        };
        if (!isTrue && host.LastAccident < verified.GetValueOrDefault((host.Name, guest), DateTimeOffset.MaxValue))
        {
            Broken(Invariant.FalseProgress, $"{guest} is called recovered on {host.Name}, and is {domain?.State.ToString() ?? "not there"}");
        }
    }

    /// <summary>An instance's host is said to have been left alone.</summary>
    public void SaidUntouched(SimulatedHost host, Guid recovery, Guid guest)
    {
        if (host.Log.Fences.ContainsKey(recovery.ToString("D")))
        {
            Broken(Invariant.FalseProgress, $"{host.Name} is said to have been left alone, and it ended {guest} for this recovery");
        }
    }

    /// <summary>An instance is said to have failed with nothing left of it.</summary>
    public void SaidFailed(SimulatedHost host, Guid recovery, Guid guest, DateTimeOffset since)
    {
        if (host.LastAccident >= since)
        {
            return; // it was off meanwhile: what it left there nobody can have taken away
        }

        if (host.Log.Claims.GetValueOrDefault(guest.ToString("D")) == recovery.ToString("D") && host.Find(guest) is not null)
        {
            Broken(Invariant.LeftBehind, $"{guest} failed, and its domain is still on {host.Name}");
        }
        else if (host.Find(guest) is null && host.Connected.Any(each => each.Instance == guest))
        {
            Broken(Invariant.LeftBehind, $"{guest} failed, and its volume is still connected to {host.Name}");
        }
    }

    public void Logged(string line, Exception? exception)
    {
        if (line.Contains(World.Secret, StringComparison.Ordinal) || exception?.ToString().Contains(World.Secret, StringComparison.Ordinal) == true)
        {
            Broken(Invariant.SecretShown, "a password was logged");
        }

        if (exception is not null && line.Contains("unexpectedly", StringComparison.Ordinal))
        {
            Broken(Invariant.Unforeseen, $"{line} {exception}");
        }
    }

    /// <summary>At the end of a story: nothing in the database tells a password.</summary>
    public void LookForSecrets()
    {
        foreach (var (table, text) in world.Database.Words())
        {
            if (text.Contains(World.Secret, StringComparison.Ordinal))
            {
                Broken(Invariant.SecretShown, $"a password is in {table}");
            }
        }
    }

    /// <summary>With names in the place of ids.</summary>
    public string Readable(string text) => journal.Names.Readable(text);

    private bool IsProvenOff(Strand controlPlane, string source)
    {
        var heard = world.Database.Read(
            "SELECT LastHeardAt FROM Hosts WHERE Name = @host AND LastHeardAt IS NOT NULL", row => Database.Time(row.GetInt64(0)), ("@host", source));
        if (heardBy.TryGetValue((controlPlane, source), out var now))
        {
            heard.Add(now);
        }

        var lately = world.Kernel.Now - UntilAllKnow;
        var known = heardOf.GetValueOrDefault(source, []);
        return world.Database.Read(
            "SELECT At, ExpiresAt, Kind, Id FROM FenceProofs WHERE Host = @host AND VoidedAt IS NULL",
            row => (
                At: journal.GivenAt(row.GetInt64(3), Database.Time(row.GetInt64(0))),
                Until: row.IsDBNull(1) ? DateTimeOffset.MaxValue : Database.Time(row.GetInt64(1)),
                Lives: row.GetString(2) is nameof(FenceProofKind.ExecutorWord) or nameof(FenceProofKind.StorageCutOff)),
            ("@host", source))
            .Any(proof => world.Kernel.Now < proof.Until
                && (proof.Lives || (heard.TrueForAll(at => at <= proof.At) && !known.Exists(at => at > proof.At && at <= lately))));
    }
}
