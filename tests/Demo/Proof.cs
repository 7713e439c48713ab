using Recovery.Labs;

namespace Recovery.Demo;

/// <summary>What the guest itself says: its generation is counted on its own volume, at each of its starts.</summary>
/// <param name="Seconds">From the request until it was ready; null when it never was.</param>
/// <param name="Faults">What is not as it should be; empty is proven.</param>
internal sealed record InstanceProof(
    string Name,
    string Source,
    string? Target,
    string State,
    double? Seconds,
    int GenerationBefore,
    int GenerationAfter,
    bool SplitBrain,
    IReadOnlyList<string> Faults);

/// <summary>Nothing here is asked of Recovery: serial logs, and what the hosts' own libvirt says.</summary>
internal static class Proof
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<InstanceProof> OfAsync(
        Lab lab, DemoGuest guest, CanaryStory before, string? target, string? planned, double? seconds, CancellationToken cancellationToken)
    {
        var faults = new List<string>();
        var expected = guest.Off ? before.Generation : before.Generation + 1;
        var after = await StoryAsync(lab, guest, before, cancellationToken);
        var where = await lab.WhereIsAsync(guest.Name, cancellationToken);
        var state = target is null ? "not recovered" : where.GetValueOrDefault(target, "missing");
        var wanted = guest.Off ? "shut off" : "running";

        if (target is null)
        {
            faults.Add("it was not recovered");
        }
        else if (state != wanted)
        {
            faults.Add($"{target} says {state}, and it should be {wanted}");
        }

        if (target is not null && target != planned)
        {
            faults.Add($"the plan that was shown said {planned ?? "that it stays down"}");
        }

        faults.AddRange(where
            .Where(place => place.Key != target && place.Value != "shut off")
            .Select(place => $"it is {place.Value} on {place.Key} as well"));
        if (after.Generation != expected)
        {
            faults.Add($"its generation is {after.Generation}, and it should be {expected}");
        }

        if (after.Runs.Count - before.Runs.Count != expected - before.Generation)
        {
            faults.Add($"its log shows {after.Runs.Count - before.Runs.Count} more runs");
        }

        faults.AddRange(after.Faults.Select(fault => $"it printed {fault}"));
        return new InstanceProof(
            guest.Name, DemoCluster.Source, target, state, seconds, before.Generation, after.Generation, after.SplitBrain, faults);
    }

    private static async Task<CanaryStory> StoryAsync(
        Lab lab, DemoGuest guest, CanaryStory before, CancellationToken cancellationToken)
    {
        if (guest.Off)
        {
            return await lab.StoryAsync(guest.Name, cancellationToken);
        }

        try
        {
            // Three beats on its new host: enough to meet another copy of itself, if there were one.
            return await lab.StoryAsync(
                guest.Name, story => story.Runs.Count > before.Runs.Count && story.LastBeat >= 3, Patience, cancellationToken);
        }
        catch (LabException)
        {
            return await lab.StoryAsync(guest.Name, cancellationToken);
        }
    }
}
