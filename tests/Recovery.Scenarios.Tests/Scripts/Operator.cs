using Recovery.ControlPlane.Api;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>
/// Those who ask control planes for something: they ask whichever lives, and ask again, with the same key, when it died
/// before it answered.
/// </summary>
internal sealed class Operator(World world)
{
    private static readonly TimeSpan BeforeAskingAgain = TimeSpan.FromSeconds(2);

    private static readonly OperatorWord Ada = new("Ada", "on call");

    private static readonly TimeSpan Insistence = TimeSpan.FromMinutes(2);

    private int keys;

    public void Do(string verb, Words words)
    {
        Func<ControlPlaneProcess, Task<string?>> ask = verb switch
        {
            "evacuate" => Evacuate(words),
            "attest" => Attest(words),
            "cancel" => Cancel(words),
            "pause" => Steer(words, (control, id) => control.PauseAsync(id, Ada, CancellationToken.None)),
            "continue" => Steer(words, (control, id) => control.ContinueAsync(id, Ada, CancellationToken.None)),
            "limits" => Limits(words),
            "skip" => Skip(words),
            "retry" => Retry(words),
            _ => throw words.Wrong("nobody can do that"),
        };
        var via = words.Take("via") ? words.Next() : null;
        var insists = words.Take("insisting");
        world.Say($"operator: {words.Line}");
        world.Strand.Begin(() => AskAsync(words.Line, via, insists, ask));
    }

    private async Task AskAsync(string line, string? via, bool insists, Func<ControlPlaneProcess, Task<string?>> ask)
    {
        var until = world.Kernel.Now + Insistence;
        while (true)
        {
            var process = world.ControlPlanes.Values.FirstOrDefault(each => each.Strand is not null && (via is null || each.Name == via));
            if (process?.Strand is { } strand)
            {
                var answer = new TaskCompletionSource<string?>();
                strand.Begin(async () =>
                {
                    var said = await ask(process);
                    answer.TrySetResult(said);
                });
                if (await Task.WhenAny(answer.Task, strand.Died) == answer.Task)
                {
                    var refusal = await answer.Task;
                    if (refusal is null)
                    {
                        return;
                    }

                    world.Say($"refused: {line}: {world.Watcher.Readable(refusal)}");
                    if (!insists || world.Kernel.Now >= until)
                    {
                        return;
                    }
                }
            }

            await Task.Delay(BeforeAskingAgain, world.Strand.Time);
        }
    }

    // evacuate node1,node2 [only g1,g2] [to node3] [parallel 2] [key k1]
    private Func<ControlPlaneProcess, Task<string?>> Evacuate(Words words)
    {
        var hosts = words.List();
        string[] only = words.Take("only") ? words.List() : [];
        string[] to = words.Take("to") ? words.List() : [];
        int? parallel = words.Take("parallel") ? words.Number() : null;
        var evenIfAlive = words.Take("even-if-alive");
        var key = words.Take("key") ? words.Next() : $"story-{++keys}";
        var asked = new AskedRecovery
        {
            Kind = RecoveryKind.Evacuate,
            Hosts = [.. hosts.Select(host => new Named<string>(host, "/hosts"))],
            Instances = [.. only.Select(guest => new Named<Guid>(world.Guest(guest).Id, "/instances"))],
            Targets = [.. to.Select(host => new Named<string>(host, "/targets"))],
            MaxParallel = parallel,
            EvenIfAlive = evenIfAlive,
        };
        return async process => await process.Get<Acceptance>().AcceptAsync(asked, key, CancellationToken.None)
            is AcceptanceOutcome.Refused refused
            ? string.Join(", ", refused.Faults.Select(fault => fault.Code.Name).Distinct())
            : null;
    }

    // attest node1 by Ada [for 60m] [truthfully]
    private Func<ControlPlaneProcess, Task<string?>> Attest(Words words)
    {
        var host = words.Next();
        var who = words.Take("by") ? words.Next() : throw words.Wrong("by whom?");
        var lasting = words.Take("for") ? words.Time() : TimeSpan.FromHours(1);
        var looks = words.Take("truthfully");
        return async process =>
        {
            if (looks && world.Host(host).Powered)
            {
                return null; // whoever looks sees its lights, and says nothing
            }

            var row = await process.Get<HostRegistry>().FindAsync(host, CancellationToken.None);
            var until = process.Get<TimeProvider>().GetUtcNow() + lasting;
            return (await process.Get<ProofBook>().AttestAsync(row!, who, "saw it dark", until, CancellationToken.None)).Fault?.Code.Name;
        };
    }

    // cancel [finish|put-back] [r1]
    private Func<ControlPlaneProcess, Task<string?>> Cancel(Words words)
    {
        CancelMode? mode = words.Take("finish") ? CancelMode.Finish : words.Take("put-back") ? CancelMode.PutBack : null;
        return Steer(words, (control, id) => control.CancelAsync(id, mode, Ada, CancellationToken.None));
    }

    // limits in-all 2 per-target 1 per-backend 1 [of r1]
    private Func<ControlPlaneProcess, Task<string?>> Limits(Words words)
    {
        int? inAll = words.Take("in-all") ? words.Number() : null;
        int? perTarget = words.Take("per-target") ? words.Number() : null;
        int? perBackend = words.Take("per-backend") ? words.Number() : null;
        return Steer(words, (control, id) => control.LimitAsync(id, new LimitsWish(inAll, perTarget, perBackend), Ada, CancellationToken.None));
    }

    // skip web1 [of r1]
    private Func<ControlPlaneProcess, Task<string?>> Skip(Words words)
    {
        var guest = world.Guest(words.Next()).Id;
        return Steer(words, (control, id) => control.SkipAsync(id, guest, Ada, CancellationToken.None));
    }

    private Func<ControlPlaneProcess, Task<string?>> Steer(
        Words words, Func<OperatorControl, Guid, Task<IReadOnlyList<Fault>>> steer)
    {
        words.Take("of");
        var recovery = Recovery(words);
        return async process => Said(await steer(process.Get<OperatorControl>(), recovery()));
    }

    // retry web1 [of r1]
    private Func<ControlPlaneProcess, Task<string?>> Retry(Words words)
    {
        var guest = world.Guest(words.Next()).Id;
        words.Take("of");
        var recovery = Recovery(words);
        return async process => Said(await process.Get<Retry>().RetryAsync(recovery(), guest, Ada, CancellationToken.None));
    }

    private static string? Said(IReadOnlyList<Fault> faults) =>
        faults.Count == 0 ? null : string.Join(", ", faults.Select(fault => fault.Code.Name));

    // The one that is named, or else the newest by then.
    private Func<Guid> Recovery(Words words)
    {
        var names = world.Watcher.Journal.Names;
        string? name = null;
        foreach (var known in Enumerable.Range(1, 9).Select(number => $"r{number}"))
        {
            name = words.Take(known) ? known : name;
        }

        return () => name is not null ? names.Find(name) : names.Recoveries.Keys.LastOrDefault();
    }
}
