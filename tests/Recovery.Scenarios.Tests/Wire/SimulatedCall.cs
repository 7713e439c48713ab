using System.Net.Sockets;
using Grpc.Core;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Time;

namespace Recovery.Scenarios.Tests.Wire;

/// <summary>One call of an executor: its request, and the messages that come back, over the simulated network.</summary>
/// <param name="world">Whose network it travels.</param>
/// <param name="controlPlane">Whoever calls.</param>
/// <param name="host">Whoever is called.</param>
/// <param name="connectTimeout">How long it is tried to get through.</param>
/// <param name="options">Deadline and cancellation, as gRPC's.</param>
/// <param name="dialsAfresh">Its connection is its own, and not there yet.</param>
/// <param name="serve">What the executor does with it.</param>
internal sealed class SimulatedCall<T>(
    World world,
    Strand controlPlane,
    SimulatedHost host,
    TimeSpan connectTimeout,
    CallOptions options,
    bool dialsAfresh,
    Func<SimulatedExecutor, Action<T>, CancellationToken, Task> serve) : IAsyncStreamReader<T>, ISimulatedCall, IDisposable
    where T : class
{
    private readonly Queue<T> arrived = new();
    private readonly List<Action> held = [];
    private readonly CancellationTokenSource serverSide = new();
    private CancellationTokenRegistration cancelled;
    private ITimer? deadline;
    private TaskCompletionSource<bool>? waiting;
    private RpcException? failure;
    private DateTimeOffset lastArrival;
    private int linkChanges;
    private bool connected;
    private bool ended;
    private bool closed;

    public Strand Client => controlPlane;

    public Strand? Server { get; private set; }

    public SimulatedHost Host => host;

    public T Current { get; private set; } = null!;

    public SimulatedCall<T> Begin()
    {
        world.Network.Add(this);
        if (options.Deadline is { } until)
        {
            var left = new DateTimeOffset(until, TimeSpan.Zero) - world.Kernel.Now;
            deadline = controlPlane.Time.CreateTimer(
                _ => Fail(StatusCode.DeadlineExceeded, ""), null, left > TimeSpan.Zero ? left : TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        }

        cancelled = options.CancellationToken.Register(() => Fail(StatusCode.Cancelled, "Call canceled by the client."));
        if (!world.Network.Reaches(controlPlane.Name, host))
        {
            world.Later(connectTimeout, () => NotConnected("Error connecting: timed out"));
            world.Network.Hold(controlPlane.Name, host, ArriveLate);
            return this;
        }

        world.Later(world.Network.Latency(controlPlane.Name, host.Name), Arrive);
        return this;
    }

    public Task<bool> MoveNext(CancellationToken cancellationToken)
    {
        if (arrived.TryDequeue(out var message))
        {
            Current = message;
            return Task.FromResult(true);
        }

        if (failure is not null)
        {
            return Task.FromException<bool>(failure);
        }

        if (ended)
        {
            return Task.FromResult(false);
        }

        waiting = new TaskCompletionSource<bool>();
        return waiting.Task;
    }

    public async Task<T> Only()
    {
        if (await MoveNext(CancellationToken.None))
        {
            return Current;
        }

        throw failure ?? Rpc.Failure(StatusCode.Internal, "no answer");
    }

    public void Dispose() => Close();

    public void LinkChanged()
    {
        var change = ++linkChanges;
        if (world.Network.Answers(controlPlane.Name, host))
        {
            var waited = held.ToList();
            held.Clear();
            waited.ForEach(pass => pass());
        }
        else
        {
            world.Later(Network.GivenUpAfter, () =>
            {
                if (change == linkChanges)
                {
                    serverSide.Cancel();
                    FailLater("The HTTP/2 server didn't respond to a ping in time.");
                }
            });
        }
    }

    public void PeerEnded(Strand strand)
    {
        if (strand == controlPlane)
        {
            closed = true;
            world.Network.Remove(this);
            world.Later(world.Network.Latency(controlPlane.Name, host.Name), serverSide.Cancel);
        }
        else
        {
            Pass(() => FailLater("The connection was reset."));
        }
    }

    // On a connection that was there before the link broke, what was sent arrives whatever became of the caller. Over one
    // that never stood nothing is sent before the caller sees it stand.
    private void ArriveLate()
    {
        if (!dialsAfresh)
        {
            Arrive();
            return;
        }

        controlPlane.Post(
            _ =>
            {
                if (failure is null && !closed)
                {
                    connected = true;
                    world.Later(world.Network.Latency(controlPlane.Name, host.Name), Arrive);
                }
            },
            null);
    }

    // On the host: whoever listens there now, answers.
    private void Arrive()
    {
        if (!world.Network.Reaches(controlPlane.Name, host))
        {
            world.Network.Hold(controlPlane.Name, host, Arrive);
            return; // the pings will tell
        }

        connected = true;

        if (host.Executor is not { } executor)
        {
            connected = false;
            Pass(() => NotConnected("Connection refused"));
            return;
        }

        Server = executor.Strand;
        executor.Strand.Begin(async () =>
        {
            try
            {
                await serve(executor, message => Pass(() => Deliver(message)), serverSide.Token);
                Pass(() => controlPlane.Post(_ => End(), null));
            }
            catch (OperationCanceledException) when (serverSide.IsCancellationRequested)
            {
                // Nobody listens any more.
            }
            catch (RpcException refused)
            {
                Pass(() => controlPlane.Post(_ => Fail(refused.StatusCode, refused.Status.Detail), null));
            }
        });
    }

    // Back over the network, in order; what can't pass now is held until the link is back, or given up.
    private void Pass(Action action)
    {
        var at = world.Kernel.Now + world.Network.Latency(controlPlane.Name, host.Name);
        lastArrival = at > lastArrival ? at : lastArrival;
        world.Later(lastArrival - world.Kernel.Now, () =>
        {
            if (world.Network.Answers(controlPlane.Name, host))
            {
                action();
            }
            else
            {
                held.Add(action);
            }
        });
    }

    private void Deliver(T message) => controlPlane.Post(_ => Take(message), null);

    private void Take(T message)
    {
        if (closed || failure is not null)
        {
            return;
        }

        if (message is Protocol.V1.WatchEvent)
        {
            world.Watcher.Heard(controlPlane, host.Name);
        }

        if (waiting is { } wait)
        {
            waiting = null;
            Current = message;
            wait.SetResult(true);
        }
        else
        {
            arrived.Enqueue(message);
        }
    }

    private void End()
    {
        if (!closed && failure is null)
        {
            ended = true;
            var wait = waiting;
            waiting = null;
            wait?.SetResult(false);
        }
    }

    private void NotConnected(string why) => controlPlane.Post(
        _ =>
        {
            if (!connected)
            {
                Fail(StatusCode.Unavailable, why, new SocketException((int)SocketError.TimedOut));
            }
        },
        null);

    private void FailLater(string why) => controlPlane.Post(_ => Fail(StatusCode.Unavailable, why, new IOException(why)), null);

    private void Fail(StatusCode code, string why, Exception? cause = null)
    {
        if (closed || failure is not null || ended)
        {
            return;
        }

        failure = Rpc.Failure(code, why, cause);
        world.Later(world.Network.Latency(controlPlane.Name, host.Name), serverSide.Cancel);
        var wait = waiting;
        waiting = null;
        wait?.SetException(failure);
    }

    private void Close()
    {
        if (!closed)
        {
            closed = true;
            deadline?.Dispose();
            cancelled.Dispose();
            world.Network.Remove(this);
            world.Later(world.Network.Latency(controlPlane.Name, host.Name), serverSide.Cancel);
        }
    }
}
