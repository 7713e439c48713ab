using Grpc.Core;
using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Time;
using Recovery.Scenarios.Tests.Wire;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>
/// The executor of a host, with the protocol's meaning: an operation log that survives a crash, intent before effect, the
/// same step id gives the recorded outcome or joins, an older epoch is refused.
/// </summary>
internal sealed class SimulatedExecutor
{
    private static readonly TimeSpan BetweenHeartbeats = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(300);

    private readonly World world;
    private readonly SimulatedHost host;
    private readonly SimulatedSteps steps;
    private readonly Dictionary<string, Task<StepResult>> running = [];
    private readonly Dictionary<string, Task> turns = [];
    private readonly List<Action<WatchEvent>> watchers = [];

    public SimulatedExecutor(World world, SimulatedHost host)
    {
        this.world = world;
        this.host = host;
        Strand = new Strand(world.Kernel, $"executor {host.Name}");
        steps = new SimulatedSteps(world, host, Strand);
        if (world.Mutations.ExecutorForgetsItsLog)
        {
            host.Log.Forget();
        }

        Strand.Begin(BeatAsync);
    }

    public Strand Strand { get; }

    public async Task WatchAsync(Action<WatchEvent> send, CancellationToken watching)
    {
        watchers.Add(send);
        try
        {
            send(new WatchEvent { Report = Report() });
            var ended = new TaskCompletionSource();
            using var end = watching.Register(ended.SetResult);
            await ended.Task;
        }
        finally
        {
            watchers.Remove(send);
        }
    }

    public void Tell(SimulatedDomain domain)
    {
        if (host.LibvirtUp)
        {
            Send(new WatchEvent { DomainChanged = ToProto(domain) });
        }
    }

    public void TellGone(Guid id) => Send(new WatchEvent { DomainGone = new DomainGone { Uuid = id.ToString("D") } });

    public void TellLibvirt() => Send(new WatchEvent { Report = Report() });

    public PreviewReply Preview(PreviewRequest asked)
    {
        var fault = host.Faults.Find(each => each.Action == StepCommand.ActionOneofCase.Define
            && each.Code == ErrorCode.DefinitionRefused && (each.Guest is null || each.Guest.Value.ToString("D") == asked.Instance));
        return fault is not null && world.PreviewTells
            ? new PreviewReply { Refusals = { "its processor is not to be had here" } }
            : new PreviewReply();
    }

    public SurveyReply Survey(SurveyRequest asked) => new()
    {
        Portals = { asked.Portals.Select(portal => new PortalAnswer { Portal = portal, Reachable = !host.LostPortals.Contains(portal.Host) }) },
    };

    public async Task<FenceReply> FenceAsync(FenceRequest asked)
    {
        if (asked.Epoch < host.Log.Epoch(asked.Recovery) && !world.Mutations.ExecutorAcceptsOlderEpochs)
        {
            throw Rpc.Failure(StatusCode.FailedPrecondition, $"epoch {asked.Epoch} is older than {host.Log.Epoch(asked.Recovery)}");
        }

        host.Log.Raise(asked.Recovery, asked.Epoch);
        var begun = host.Log.Fences.TryGetValue(asked.Recovery, out var wasConfirmed);
        if (asked.OnlyIfBegun && !begun)
        {
            host.Log.Withdrawn[asked.Recovery] = asked.Epoch;
            return new FenceReply { Message = "it was not told to end its guests, and did not do so" };
        }

        if (asked.OnlyIfBegun && wasConfirmed)
        {
            var since = string.Join(", ", host.Running.Select(domain => domain.Spec.Name));
            return since.Length > 0
                ? new FenceReply { Begun = true, Message = $"all guests had been ended; started here since, and left alone: {since}" }
                : new FenceReply { Begun = true, Confirmed = true, Message = "no QEMU is left" };
        }

        if (asked.Epoch <= host.Log.Withdrawn.GetValueOrDefault(asked.Recovery))
        {
            throw Rpc.Failure(StatusCode.InvalidArgument, "the order was withdrawn before it arrived");
        }

        host.Log.Fences[asked.Recovery] = false;
        await Task.Delay(world.Dice.Duration(TimeSpan.FromMilliseconds(400)), Strand.Time);
        if (!host.LibvirtUp || world.SelfFenceFails.Contains(host.Name))
        {
            return new FenceReply { Begun = true, Confirmed = false, Message = "a QEMU process is left that can't be ended" };
        }

        var ended = host.Running.ToList();
        foreach (var domain in host.Domains)
        {
            domain.Autostart = false;
        }

        ended.ForEach(domain => host.Turn(domain, DomainState.Crashed));
        if (ended.Count > 0)
        {
            host.Accident();
            world.Say($"{host.Name} ends its own guests: {string.Join(", ", ended.Select(domain => domain.Spec.Name))}");
        }

        host.Log.Fences[asked.Recovery] = true;
        return new FenceReply { Begun = true, Confirmed = true, Ended = { ended.Select(domain => domain.Spec.Name) }, Message = "no QEMU is left" };
    }

    public async Task RunAsync(StepCommand command, Action<StepEvent> send, CancellationToken watching)
    {
        var log = host.Log;
        if (command.Epoch < log.Epoch(command.Recovery) && !world.Mutations.ExecutorAcceptsOlderEpochs)
        {
            world.Watcher.Refused(host, command);
            send(Result(Failed(ErrorCode.StaleEpoch, $"epoch {command.Epoch} is older than {log.Epoch(command.Recovery)}; another replica took over.")));
            return;
        }

        world.Watcher.Accepted(host, command);
        if (log.Intents.TryGetValue(command.StepId, out var intent))
        {
            if (intent.ActionCase != command.ActionCase || intent.Instance != command.Instance)
            {
                send(Result(Failed(ErrorCode.StepIdReused, $"step id {command.StepId} belongs to another command.")));
                return;
            }

            log.Raise(command.Recovery, command.Epoch);
            if (log.Outcomes.TryGetValue(command.StepId, out var outcome))
            {
                var replayed = outcome.Clone();
                replayed.Replayed = true;
                send(Result(replayed));
                return;
            }
        }
        else
        {
            await world.Crashes.ExecutorAsync(host, $"before the intent of {Name(command)}");
            log.Raise(command.Recovery, command.Epoch);
            log.Intents[command.StepId] = command;
        }

        if (!running.TryGetValue(command.StepId, out var step))
        {
            step = running[command.StepId] = InTurnAsync(command);
        }

        // Tasks of their own: of several that wait for one task, the runtime sends all but one to the thread pool, and
        // whoever waits for a delay that is cancelled as well.
        var ended = FollowAsync(step);
        var patience = SleepAsync(command.TimeLimit.ToTimeSpan() + Grace, watching);
        if (await Task.WhenAny(ended, patience) == ended)
        {
            send(Result(await ended));
        }
        else if (!watching.IsCancellationRequested)
        {
            send(Result(Failed(ErrorCode.DeadlineExceeded, "The deadline passed, but it is still under way.", retryCanHelp: true)));
        }
    }

    internal static string Name(StepCommand command) => command.ActionCase.ToString();

    internal static StepResult Failed(ErrorCode code, string message, bool retryCanHelp = false) =>
        new() { Code = code, Message = message, RetryCanHelp = retryCanHelp };

    private async Task SleepAsync(TimeSpan time, CancellationToken ending) => await Task.Delay(time, Strand.Time, ending);

    private static async Task<StepResult> FollowAsync(Task<StepResult> step) => await step;

    // One step at a time for each instance: a new driver's stop must not overtake an old driver's start.
    private async Task<StepResult> InTurnAsync(StepCommand command)
    {
        var before = turns.GetValueOrDefault(command.Instance, Task.CompletedTask);
        var mine = new TaskCompletionSource();
        turns[command.Instance] = mine.Task;
        await before;
        var result = await steps.CarryOutAsync(command);
        await world.Crashes.ExecutorAsync(host, $"before the outcome of {Name(command)}");
        host.Log.Outcomes[command.StepId] = result;
        world.Watcher.Outcome(host, command, result);
        await world.Crashes.ExecutorAsync(host, $"after the outcome of {Name(command)}");
        running.Remove(command.StepId);
        mine.SetResult();
        return result;
    }

    private async Task BeatAsync()
    {
        while (true)
        {
            await Task.Delay(BetweenHeartbeats, Strand.Time);
            Send(new WatchEvent { Heartbeat = new Heartbeat { LibvirtError = LibvirtError } });
        }
    }

    private void Send(WatchEvent said)
    {
        foreach (var send in watchers.ToList())
        {
            send(said);
        }
    }

    private NodeReport Report()
    {
        var report = new NodeReport
        {
            Host = host.Name,
            ExecutorVersion = "1.0",
            ExecutorRun = Strand.Name,
            Architecture = "x86_64",
            Hypervisor = "QEMU 7.2, libvirt 9.0",
            CpuModel = "EPYC",
            MemoryMib = host.MemoryMib,
            Vcpus = host.Vcpus,
            LibvirtError = LibvirtError,
            Boot = host.Boot,
            Storages = { host.Storages.Select(id => new Storage { Id = id, Path = $"/srv/{id}", FreeMib = 1000, SizeMib = 2000 }) },
        };
        if (host.LibvirtUp)
        {
            report.Domains.AddRange(host.Domains.OrderBy(domain => domain.Spec.Name, StringComparer.Ordinal).Select(ToProto));
        }

        return report;
    }

    private string LibvirtError => host.LibvirtUp ? "" : "libvirtd does not answer";

    private Domain ToProto(SimulatedDomain domain) => domain.Spec.ToDomain(domain.State, domain.Autostart, world.UuidOf);

    private static StepEvent Result(StepResult result) => new() { Result = result };
}
