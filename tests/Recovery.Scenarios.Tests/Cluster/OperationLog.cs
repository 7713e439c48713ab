using Recovery.Protocol.V1;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>What the executor keeps on disk, with the meaning of Recovery.Executor's own.</summary>
internal sealed class OperationLog
{
    private readonly Dictionary<string, ulong> epochs = [];

    public Dictionary<string, StepCommand> Intents { get; } = [];

    public Dictionary<string, StepResult> Outcomes { get; } = [];

    /// <summary>The recovery that defined the instance's domain here.</summary>
    public Dictionary<string, string> Claims { get; } = [];

    /// <summary>Whose orders to end the guests were begun; true: to their end.</summary>
    public Dictionary<string, bool> Fences { get; } = [];

    /// <summary>Orders that never arrived, up to an epoch.</summary>
    public Dictionary<string, ulong> Withdrawn { get; } = [];

    public ulong Epoch(string recovery) => epochs.GetValueOrDefault(recovery);

    public void Raise(string recovery, ulong epoch) => epochs[recovery] = Math.Max(epoch, Epoch(recovery));

    public bool Owns(StepCommand command) => Claims.GetValueOrDefault(command.Instance) == command.Recovery;

    /// <summary>As a mutant does: it remembers nothing over a restart.</summary>
    public void Forget()
    {
        Intents.Clear();
        Outcomes.Clear();
        Claims.Clear();
        Fences.Clear();
        Withdrawn.Clear();
        epochs.Clear();
    }
}
