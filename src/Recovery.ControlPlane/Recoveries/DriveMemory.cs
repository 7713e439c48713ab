using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// What a driver remembers while it drives, and may forget: it is about when to try again, never about what was done.
/// </summary>
public sealed class DriveMemory
{
    private readonly Dictionary<Guid, Silence> silences = [];
    private readonly Dictionary<Guid, string> saidOfSteps = [];
    private readonly Dictionary<string, (DateTimeOffset Again, string Why)> fencings = new(StringComparer.Ordinal);

    private (string Why, TimeSpan Pause) inventoryAway = ("", TimeSpan.Zero);

    /// <summary>The inventory did not answer; before this it is not asked again.</summary>
    public DateTimeOffset InventoryAgainAt { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>It did not answer, each time in a row to be asked later. True when this was not said before, in these words.</summary>
    public bool InventoryStayedAway(string why, DateTimeOffset now, TimeSpan firstPause, TimeSpan longestPause)
    {
        var isNew = inventoryAway.Why != why;
        var pause = inventoryAway.Pause * 2;
        inventoryAway = (why, pause < firstPause ? firstPause : pause < longestPause ? pause : longestPause);
        InventoryAgainAt = now + inventoryAway.Pause;
        return isNew;
    }

    public void InventoryAnswered() => inventoryAway = ("", TimeSpan.Zero);

    public IReadOnlyDictionary<Guid, Silence> Silences => new Dictionary<Guid, Silence>(silences);

    /// <summary>Nobody answered for a step. True when this was not said before, in these words.</summary>
    public bool StayedSilent(Guid step, DateTimeOffset at, string what)
    {
        silences[step] = new Silence((silences.GetValueOrDefault(step)?.Tries ?? 0) + 1, at);
        var isNew = saidOfSteps.GetValueOrDefault(step) != what;
        saidOfSteps[step] = what;
        return isNew;
    }

    /// <summary>It was tried. Without a proof that counts by then it is tried again at this time; why it does not count yet.</summary>
    public void WasFenced(string host, DateTimeOffset again, string why) => fencings[host] = (again, why);

    public (DateTimeOffset Again, string Why)? LastFencing(string host) =>
        fencings.TryGetValue(host, out var last) ? last : null;
}
