using System.Collections.Concurrent;
using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>
/// The ladder of a host, climbed until one level proves that it can't run its guests: its own executor, its fence agents
/// as they are configured, its storage. What is left after it is an operator's word.
/// </summary>
public sealed class FenceLadder(
    IHostFence executors, IFenceAgent agents, IEnumerable<IStorageFence> storages, TimeProvider time, ILogger<FenceLadder> log)
    : IFencing, IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(2);

    // Two recoveries that both want a host off would otherwise power-cycle between each other's looks.
    private readonly ConcurrentDictionary<string, SemaphoreSlim> gates = new(StringComparer.Ordinal);

    public Task<FenceAttempt> TryAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        InTurnAsync(host, () => ClimbAsync(host, order, cancellationToken), cancellationToken);

    public Task<FenceAttempt> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        InTurnAsync(
            host,
            async () =>
            {
                var lines = new List<string>();
                var level = new ExecutorLevel(host, order, executors, time, onlyAsk: true);
                var end = await level.TryAsync(lines, cancellationToken);
                log.LogWarning("{Host} was asked what became of the order to end its guests: {Evidence}", host.Name, end.Sentence);
                return new FenceAttempt(end.Proven, end.Sentence, lines, end.Kind)
                {
                    At = end.At,
                    Order = end.OrderIsOut ? OrderState.Out : OrderState.Withdrawn,
                };
            },
            cancellationToken);

    public void Dispose()
    {
        foreach (var gate in gates.Values)
        {
            gate.Dispose();
        }
    }

    private async Task<FenceAttempt> InTurnAsync(HostRow host, Func<Task<FenceAttempt>> attempt, CancellationToken cancellationToken)
    {
        var gate = gates.GetOrAdd(host.Name, _ => new SemaphoreSlim(1, 1));
        // Without the token: a wait that can be cancelled goes on in the thread pool. What it waits for has its own time.
        await gate.WaitAsync(CancellationToken.None);
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            return await attempt();
        }
        finally
        {
            gate.Release();
        }
    }

    private IEnumerable<IFenceLevel> LevelsOf(HostRow host, FenceOrder order) =>
    [
        new ExecutorLevel(host, order, executors, time),
        .. host.Fencing.Select((_, index) => new AgentLevel(host, index, agents, time)),
        .. storages.Select(storage => new StorageLevel(host, storage, time)),
    ];

    private async Task<FenceAttempt> ClimbAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken)
    {
        var lines = new List<string>();
        var failures = new List<string>();
        var orderIsOut = false;
        foreach (var level in LevelsOf(host, order))
        {
            var end = await TryAsync(level, lines, cancellationToken);
            orderIsOut |= end.OrderIsOut;
            if (end.Proven)
            {
                log.LogWarning("{Host} is fenced: {Evidence}", host.Name, end.Sentence);
                return new FenceAttempt(true, end.Sentence, lines, end.Kind) { At = end.At, Order = Order() };
            }

            failures.Add(end.Sentence);
        }

        var evidence = $"Nothing proves that {host.Name} is off. {string.Join(" ", failures)} {WhatNext(host)}";
        log.LogError("{Host} is not fenced: {Evidence}", host.Name, evidence);
        return new FenceAttempt(false, evidence, lines) { Order = Order() };

        OrderState Order() => orderIsOut ? OrderState.Out : OrderState.None;
    }

    private async Task<FenceLevelEnd> TryAsync(IFenceLevel level, List<string> lines, CancellationToken cancellationToken)
    {
        var orderIsOut = false;
        for (var tried = 1; ; tried++)
        {
            var end = await level.TryAsync(lines, cancellationToken);
            end = end with { OrderIsOut = orderIsOut |= end.OrderIsOut };
            if (end.Proven || end.Hopeless || tried == level.Tries)
            {
                return end.Proven || tried == 1
                    ? end
                    : end with { Sentence = string.Create(CultureInfo.InvariantCulture, $"{end.Sentence[..^1]}; tried {tried} times.") };
            }

            await Task.Delay(BetweenTries, time, cancellationToken);
        }
    }

    private static string WhatNext(HostRow host)
    {
        var attest = $"make sure yourself that it is off and attest it: POST /v1/hosts/{host.Name}/attestations.";
        return host.Fencing.Count == 0
            ? $"{host.Name} has no fence agents configured: add some with PUT /v1/hosts/{host.Name}, or {attest}"
            : $"Make one of these work (is its power controller reachable, are its options right?), or {attest}";
    }
}
