using System.Collections.Immutable;

namespace Recovery.Executor.Operations;

/// <summary>
/// What this executor was told and what became of it: a step is never carried out twice to different ends, and an
/// outdated driver is refused, also after a crash. Not thread-safe: <see cref="StepRunner"/> guards it.
/// </summary>
internal sealed class OperationLog : IDisposable
{
    /// <summary>Older entries are dropped at start. No recovery lives this long.</summary>
    public static readonly TimeSpan Retention = TimeSpan.FromDays(30);

    private readonly Dictionary<string, Intent> intents = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Outcome> outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ulong> epochs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> recoveryByInstance = new(StringComparer.Ordinal);
    private readonly Dictionary<string, FenceStory> fences = new(StringComparer.Ordinal);
    private readonly OperationLogFile file;

    private OperationLog(OperationLogFile file, IReadOnlyList<LogEntry> entries)
    {
        this.file = file;
        foreach (var entry in entries) Remember(entry);
    }

    /// <exception cref="OperationLogException">It can't be trusted, or is in use.</exception>
    public static OperationLog Open(string directory, TimeProvider time)
    {
        var (file, entries) = OperationLogFile.Open(directory, all => Keep(all, time.GetUtcNow() - Retention));
        return new OperationLog(file, entries);
    }

    public Intent? Intent(string step) => intents.GetValueOrDefault(step);

    public Outcome? Outcome(string step) => outcomes.GetValueOrDefault(step);

    /// <summary>The newest epoch seen of this recovery; 0 when none was.</summary>
    public ulong Epoch(string recovery) => epochs.GetValueOrDefault(recovery);

    /// <summary>The domain of this instance that is here now, if any, was defined by this recovery.</summary>
    public bool Owns(string recovery, string instance) => recoveryByInstance.GetValueOrDefault(instance) == recovery;

    /// <summary>What was told and done to end this host's guests for this recovery.</summary>
    public FenceStory Fence(string recovery) => fences.GetValueOrDefault(recovery, FenceStory.None);

    /// <exception cref="IOException">The disk did not take it; nothing may be done on its strength.</exception>
    public void Append(LogEntry entry)
    {
        file.Append(entry);
        Remember(entry);
    }

    /// <summary>Remembers an outcome that the disk did not take; a restart would carry out its step again.</summary>
    public void RememberOnly(Outcome outcome) => Remember(outcome);

    public void Dispose() => file.Dispose();

    private void Remember(LogEntry entry)
    {
        switch (entry)
        {
            case Intent intent:
                intents[intent.Step] = intent;
                Raise(intent.Recovery, intent.Epoch);
                break;
            case Outcome outcome:
                outcomes[outcome.Step] = outcome;
                break;
            case Claimed claim:
                // Of two recoveries the later one found the host free of the instance: the earlier one's domain was gone.
                recoveryByInstance[claim.Instance] = claim.Recovery;
                break;
            case Released release when Owns(release.Recovery, release.Instance):
                recoveryByInstance.Remove(release.Instance);
                break;
            case EpochSeen seen:
                Raise(seen.Recovery, seen.Epoch);
                break;
            case FenceBegun fence:
                Raise(fence.Recovery, fence.Epoch);
                var story = Fence(fence.Recovery);
                fences[fence.Recovery] = story with { Begun = true, Confirmed = false, Guests = story.Guests.Union(fence.Guests) };
                break;
            case FenceEnded fence:
                fences[fence.Recovery] = Fence(fence.Recovery) with { Confirmed = fence.Confirmed };
                break;
            case FenceWithdrawn fence:
                Raise(fence.Recovery, fence.Epoch);
                fences[fence.Recovery] = Fence(fence.Recovery) with { WithdrawnUpTo = fence.Epoch };
                break;
        }
    }

    private void Raise(string recovery, ulong epoch) => epochs[recovery] = Math.Max(epoch, Epoch(recovery));

    // A recovery is kept or dropped whole: half of its story would be a wrong one.
    private static IReadOnlyList<LogEntry> Keep(IReadOnlyList<LogEntry> entries, DateTimeOffset oldest)
    {
        var recoveryOfStep = entries.OfType<Intent>().GroupBy(intent => intent.Step).ToDictionary(same => same.Key, same => same.First().Recovery);
        string? RecoveryOf(LogEntry entry) => entry switch
        {
            Intent intent => intent.Recovery,
            Outcome outcome => recoveryOfStep.GetValueOrDefault(outcome.Step),
            Claimed claim => claim.Recovery,
            Released release => release.Recovery,
            EpochSeen seen => seen.Recovery,
            FenceBegun fence => fence.Recovery,
            FenceEnded fence => fence.Recovery,
            FenceWithdrawn fence => fence.Recovery,
            _ => null,
        };
        var living = entries.Where(entry => entry.At >= oldest).Select(RecoveryOf).ToHashSet();
        return [.. entries.Where(entry => RecoveryOf(entry) is { } recovery && living.Contains(recovery))];
    }
}

/// <summary>What this host was told and did to end its guests for one recovery.</summary>
internal sealed record FenceStory
{
    public static readonly FenceStory None = new();

    /// <summary>Guests may have been ended.</summary>
    public bool Begun { get; init; }

    /// <summary>The last time that it was begun, it was seen afterwards that none was left.</summary>
    public bool Confirmed { get; init; }

    /// <summary>Names of the guests that ran when it was begun, however often.</summary>
    public ImmutableSortedSet<string> Guests { get; init; } = ImmutableSortedSet.Create<string>(StringComparer.Ordinal);

    /// <summary>Orders of this epoch and of older ones are not obeyed any more; 0: none was withdrawn.</summary>
    public ulong WithdrawnUpTo { get; init; }
}
