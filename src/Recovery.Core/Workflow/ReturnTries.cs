namespace Recovery.Core.Workflow;

/// <summary>How the last try to put a host in order ended.</summary>
/// <param name="Count">So many tries were made since it is back.</param>
/// <param name="EndedAt">When the last one ended, UTC.</param>
/// <param name="Cancelled">An operator ended it.</param>
public sealed record ReturnTry(int Count, DateTimeOffset EndedAt, bool Cancelled);

/// <summary>When a host that could not be put in order is tried again: later and later, and not for ever.</summary>
public static class ReturnTries
{
    /// <summary>After so many it needs a human: two hours and a half, for a storage that takes its time.</summary>
    public const int Most = 10;

    private static readonly TimeSpan First = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(30);

    /// <summary>Null when it is not tried again by itself: an operator ended it, or it was tried often enough.</summary>
    /// <param name="last">Null when it was not tried yet.</param>
    public static DateTimeOffset? Next(ReturnTry? last)
    {
        if (last is null)
        {
            return DateTimeOffset.MinValue;
        }

        return last.Cancelled || last.Count >= Most ? null : last.EndedAt + After(last.Count);
    }

    private static TimeSpan After(int tries)
    {
        var wait = First * Math.Pow(2, tries - 1);
        return wait < Longest ? wait : Longest;
    }
}
