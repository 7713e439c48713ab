using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Fencing;

/// <summary>While the host ends its guests none is started by a step; a start that is under way is counted.</summary>
internal sealed class StartGate
{
    private readonly Lock gate = new();
    private int starting;
    private int closed;

    /// <summary>Starts under way.</summary>
    public int Starting
    {
        get { lock (gate) return starting; }
    }

    /// <summary>Around a start.</summary>
    /// <exception cref="StepFailure">The host ends its guests right now.</exception>
    public IDisposable Enter()
    {
        lock (gate)
        {
            if (closed > 0)
                throw new StepFailure(ErrorCode.Internal, "this host is fencing itself at this moment, and starts nothing until that is over; try again", retryCanHelp: true);
            starting++;
        }
        return new Leave(() => { lock (gate) starting--; });
    }

    /// <summary>No start begins until what is returned is disposed.</summary>
    public IDisposable Close()
    {
        lock (gate) closed++;
        return new Leave(() => { lock (gate) closed--; });
    }

    private sealed class Leave(Action leave) : IDisposable
    {
        private Action? leave = leave;

        public void Dispose() => Interlocked.Exchange(ref leave, null)?.Invoke();
    }
}
