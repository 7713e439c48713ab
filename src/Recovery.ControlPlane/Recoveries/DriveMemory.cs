using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// What a driver remembers while it drives, and may forget: it is about when to try again, never about what was done.
/// </summary>
public sealed class DriveMemory
{
    private readonly Dictionary<Guid, Silence> silences = [];
    private readonly Dictionary<Guid, string> saidOfSteps = [];
    private readonly Dictionary<string, (DateTimeOffset Again, string Why)> fenceFailures = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<Guid, Silence> Silences => new Dictionary<Guid, Silence>(silences);

    /// <summary>Nobody answered for a step. True when this was not said before, in these words.</summary>
    public bool StayedSilent(Guid step, DateTimeOffset at, string what)
    {
        silences[step] = new Silence((silences.GetValueOrDefault(step)?.Tries ?? 0) + 1, at);
        var isNew = saidOfSteps.GetValueOrDefault(step) != what;
        saidOfSteps[step] = what;
        return isNew;
    }

    public void FenceFailed(string host, DateTimeOffset again, string why) => fenceFailures[host] = (again, why);

    public (DateTimeOffset Again, string Why)? FenceFailure(string host) =>
        fenceFailures.TryGetValue(host, out var failure) ? failure : null;
}
