using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;

namespace Recovery.Scenarios.Tests.Truth;

/// <summary>What control planes write of recoveries, looked at after each commit.</summary>
internal sealed class Journal(World world)
{
    // What only the driver of a recovery may say.
    private static readonly HashSet<string> DriversWords =
        [EventTypes.Step, EventTypes.Progress, EventTypes.Plan, EventTypes.Replan, EventTypes.InstanceState, EventTypes.Fence];

    private readonly Dictionary<string, (string? Owner, long Epoch)> drivers = [];
    private readonly Dictionary<(string Recovery, string Instance), SeenInstance> instances = [];
    private readonly List<string> ownerless = [];
    private readonly Dictionary<long, string?> steps = [];
    private long lastEvent;
    private long firstOpen = 1;

    private readonly Dictionary<long, DateTimeOffset> proofs = [];

    public Names Names { get; } = new(world);

    /// <summary>Recoveries that have not ended.</summary>
    public int Live { get; private set; }

    /// <summary>Every event so far, for those who count.</summary>
    public List<(string Recovery, string Type, string Message)> Events { get; } = [];

    /// <summary>When a proof was given: what it says itself, and never later than it was written.</summary>
    public DateTimeOffset GivenAt(long proof, DateTimeOffset said) =>
        proofs.TryGetValue(proof, out var written) && written < said ? written : said;

    public void Committed(ControlPlaneProcess process)
    {
        var touched = world.Database.Touched;
        if (touched.Contains("FenceProofs"))
        {
            foreach (var id in world.Database.Read("SELECT Id FROM FenceProofs", row => row.GetInt64(0)))
            {
                proofs.TryAdd(id, world.Kernel.Now);
            }
        }

        if (touched.Contains("Recoveries"))
        {
            LookAtRecoveries();
        }

        List<string> replans = [];
        if (touched.Contains("Events"))
        {
            replans = LookAtEvents(process);
        }

        if (touched.Contains("Journal"))
        {
            LookAtSteps(process);
        }

        if (touched.Contains("RecoveryInstances"))
        {
            LookAtInstances(process, replans);
        }

        // Whoever closed it has given it back by now.
        foreach (var ended in ownerless)
        {
            drivers[ended] = drivers[ended] with { Owner = null };
        }

        ownerless.Clear();
    }

    private void LookAtRecoveries()
    {
        Live = 0;
        foreach (var (id, owner, epoch, state) in world.Database.Read(
            "SELECT Id, LeaseOwner, Epoch, State FROM Recoveries ORDER BY CreatedAt",
            row => (row.GetString(0), row.IsDBNull(1) ? null : row.GetString(1), row.GetInt64(2), row.GetString(3))))
        {
            Names.Of(Guid.Parse(id));
            var known = drivers.GetValueOrDefault(id);

            // Whoever closes it gives it back in the same breath, and may.
            drivers[id] = (owner ?? known.Owner, epoch);
            if (owner is null)
            {
                ownerless.Add(id);
            }

            var isOver = state is "Completed" or "CompletedWithFailures" or "Failed" or "Cancelled";
            Live += isOver ? 0 : 1;
            if (isOver && world.Database.Count("SELECT COUNT(*) FROM Locks WHERE RecoveryId = @id", ("@id", id)) > 0)
            {
                world.Watcher.Broken(Invariant.LeftBehind, $"{id} is {state} and still holds locks");
            }
        }
    }

    private List<string> LookAtEvents(ControlPlaneProcess process)
    {
        var replans = new List<string>();
        foreach (var (id, recovery, type, message) in world.Database.Read(
            "SELECT Id, RecoveryId, Type, Message FROM Events WHERE Id > @last ORDER BY Id",
            row => (row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetString(3)), ("@last", lastEvent)))
        {
            lastEvent = id;
            Events.Add((recovery, type, message));
            if (type == EventTypes.Replan)
            {
                replans.Add(message);
            }

            if (world.Telling)
            {
                world.Say($"{Names.Of(Guid.Parse(recovery))} {type}: {Names.Readable(message)}");
            }

            if (DriversWords.Contains(type))
            {
                CheckDriver(process, recovery, message);
            }
        }

        return replans;
    }

    private void LookAtSteps(ControlPlaneProcess process)
    {
        var open = long.MaxValue;
        foreach (var (sequence, recovery, epoch, outcome, host, target) in world.Database.Read(
            """
            SELECT j.Sequence, j.RecoveryId, j.Epoch, j.Outcome, j.Host, i.Target FROM Journal j
            JOIN RecoveryInstances i ON i.RecoveryId = j.RecoveryId AND i.InstanceId = j.InstanceId
            WHERE j.Sequence >= @first ORDER BY j.Sequence
            """,
            row => (row.GetInt64(0), row.GetString(1), row.GetInt64(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetString(4),
                row.IsDBNull(5) ? null : row.GetString(5)),
            ("@first", firstOpen)))
        {
            if (!steps.TryGetValue(sequence, out var known))
            {
                CheckDriver(process, recovery, $"step {sequence}");
                if (epoch != drivers[recovery].Epoch)
                {
                    world.Watcher.Broken(Invariant.WriteOfOlderEpoch, $"{process.Name} intends a step in epoch {epoch}, and the epoch is {drivers[recovery].Epoch}");
                }

                if (host != target)
                {
                    world.Watcher.Broken(Invariant.UnannouncedChange, $"a step of {recovery} goes to {host}, and the target is {target}");
                }
            }
            else if (known != outcome)
            {
                CheckDriver(process, recovery, $"the outcome of step {sequence}");
            }

            steps[sequence] = outcome;
            open = outcome is null ? Math.Min(open, sequence) : open;
        }

        firstOpen = open == long.MaxValue ? steps.Keys.DefaultIfEmpty(0).Max() + 1 : open;
    }

    private void LookAtInstances(ControlPlaneProcess process, List<string> replans)
    {
        foreach (var now in world.Database.Read(
            "SELECT RecoveryId, InstanceId, State, Target, Attempt, Name, Intent, StartedAt, Task, Source, Reason FROM RecoveryInstances",
            row => new SeenInstance(
                row.GetString(0), row.GetString(1), row.GetString(2), row.IsDBNull(3) ? null : row.GetString(3), row.GetInt64(4),
                row.GetString(5), row.GetString(6), row.IsDBNull(7) ? null : row.GetInt64(7), row.GetString(8),
                row.GetString(9), row.GetString(10))))
        {
            var key = (now.Recovery, now.Instance);
            var before = instances.GetValueOrDefault(key);
            instances[key] = now;
            if (before == now)
            {
                continue;
            }

            if (before?.Target is { } was && now.Target is { } target && was != target && !replans.Exists(said => said.Contains(now.Name, StringComparison.Ordinal)))
            {
                world.Watcher.Broken(Invariant.UnannouncedChange, $"{now.Name} goes to {target} instead of {was}, and no event says so");
            }

            if (before?.State != now.State && now is { State: "Skipped", Attempt: 1 } && now.Reason.Contains("Nothing was touched there", StringComparison.Ordinal))
            {
                world.Watcher.SaidUntouched(world.Host(now.Source), Guid.Parse(now.Recovery), Guid.Parse(now.Instance));
            }

            if (before?.State != now.State && now.Target is { } place)
            {
                LookAtEnd(now, world.Host(place));
            }
        }
    }

    private void LookAtEnd(SeenInstance now, SimulatedHost host)
    {
        var guest = Guid.Parse(now.Instance);
        if (now.State == "Recovered" && now.Task != "Forget")
        {
            world.Watcher.SaidRecovered(host, guest, now.Intent);
        }
        else if (now is { State: "Failed", StartedAt: { } since, Task: "Move" })
        {
            world.Watcher.SaidFailed(host, Guid.Parse(now.Recovery), guest, Database.Time(since));
        }
    }

    private void CheckDriver(ControlPlaneProcess process, string recovery, string what)
    {
        var (owner, epoch) = drivers.GetValueOrDefault(recovery);
        if (owner is not null && owner != process.Name)
        {
            world.Watcher.Broken(Invariant.WriteOfOlderEpoch, $"{process.Name} writes \"{what}\" to {recovery}, which {owner} drives in epoch {epoch}");
        }
    }

    private sealed record SeenInstance(
        string Recovery, string Instance, string State, string? Target, long Attempt, string Name, string Intent, long? StartedAt, string Task,
        string Source, string Reason);
}
