namespace Recovery.ControlPlane.Executors;

/// <summary>Asks an executor to end every guest on its host.</summary>
public interface IExecutorFence
{
    /// <summary>One that does not answer at once is given up on: most hosts that are fenced are dead.</summary>
    /// <exception cref="StaleEpochException">Somebody newer drives this recovery: give it up.</exception>
    Task<ExecutorWord> AskAsync(ExecutorFenceOrder order, CancellationToken cancellationToken);
}

/// <summary>Who shall fence itself, and for whom.</summary>
/// <param name="Host">For sentences.</param>
/// <param name="ExecutorAddress">Where its executor is reached.</param>
/// <param name="RecoveryId">On whose behalf.</param>
/// <param name="Epoch">An older one than the executor has heard of is refused.</param>
/// <param name="OnlyIfBegun">An earlier order may have been lost: one that arrived is carried to its end, else it is withdrawn.</param>
public sealed record ExecutorFenceOrder(string Host, string ExecutorAddress, Guid RecoveryId, long Epoch, bool OnlyIfBegun = false);

/// <summary>What an executor said of the guests on its host.</summary>
/// <param name="Answered">It took the order. When not, asking again at once will not help.</param>
/// <param name="Confirmed">It saw that no guest is left.</param>
/// <param name="Ended">Names of the guests that it ended.</param>
/// <param name="Message">For a human: why not, or what it adds.</param>
/// <param name="MayHaveBegun">It ended guests for this recovery, or may have: the order went out and nobody said that it came to nothing.</param>
public sealed record ExecutorWord(bool Answered, bool Confirmed, IReadOnlyList<string> Ended, string Message, bool MayHaveBegun);
