using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>What to know before a plan is trusted. Pure.</summary>
internal static class PlanWarnings
{
    /// <summary>Definitions older than this are worth a second look before they are trusted.</summary>
    public static readonly TimeSpan OldDefinition = TimeSpan.FromHours(1);

    private const int NamedAtMost = 5;

    public static IEnumerable<PlanWarning> Of(MadePlan made, PlanRequest request) =>
        made.Replanned.Select(sentence => new PlanWarning("replanned", sentence))
            .Concat(made.Cluster.Faults.Select(sentence => new PlanWarning("inventory-incomplete", sentence)))
            .Concat(Targets(request, made.Cluster))
            .Concat(Definitions(made))
            .Concat(Policies(made))
            .Concat(OnlyTargets(made.Plan))
            .Concat(Unanswered(made))
            .Concat(Cautions(made.Plan))
            .Concat(request.IgnoreDependencies ? [] : Dependencies(made));

    private static IEnumerable<PlanWarning> Targets(PlanRequest request, ClusterSnapshot cluster)
    {
        foreach (var target in request.Targets.Select(cluster.FindHost).OfType<Host>())
        {
            var why = target switch
            {
                { Liveness: HostLiveness.Silent } => "its executor is silent",
                { Liveness: HostLiveness.NeverSeen } => "its executor was never seen",
                { Liveness: HostLiveness.LibvirtDown } => "its libvirt does not answer",
                { Maintenance: true } => "it is in maintenance",
                { Quarantined: true } => "it is quarantined",
                _ => null,
            };
            if (why is not null)
            {
                yield return new("target-not-available", $"{target.Name} is among the targets and takes nothing now: {why}.")
                {
                    Host = target.Name,
                };
            }
        }
    }

    private static IEnumerable<PlanWarning> Definitions(MadePlan made)
    {
        foreach (var move in made.Plan.Moves.Where(move => move.IsDefinedByUs()))
        {
            if (!made.Definitions.TryGetValue(move.Instance, out var definition))
            {
                yield return About(move, "no-definition",
                    $"No definition of {move.Name} is kept, so it can't be brought up. Define it on a target by hand.");
                continue;
            }

            if (definition.Guessed.Count > 0)
            {
                yield return About(move, "built-definition",
                    $"The definition of {move.Name} is not one that {move.Source} reported. {string.Join(" ", definition.Guessed)}");
            }

            if (made.Cluster.At - definition.ReportedAt > OldDefinition)
            {
                var hours = (made.Cluster.At - definition.ReportedAt).TotalHours.ToString("0.#", CultureInfo.InvariantCulture);
                yield return About(move, "old-definition",
                    $"The definition of {move.Name} was reported {hours} h ago. What was changed on {move.Source} since then is not in it.");
            }
        }

        static PlanWarning About(Move move, string code, string message) =>
            new(code, message) { Host = move.Source, Instance = move.Instance };
    }

    private static IEnumerable<PlanWarning> Policies(MadePlan made) => made.Plan.Moves
        .Select(move => (move, Faults: made.Definitions.GetValueOrDefault(move.Instance)?.PolicyFaults ?? []))
        .Where(each => each.Faults.Count > 0)
        .Select(each => new PlanWarning("policy-not-understood",
            $"Not all of what the owner of {each.move.Name} wants could be understood: {string.Join("; ", each.Faults)}. The rest counts. Correct it in the metadata of its definition.")
        { Instance = each.move.Instance });

    private static IEnumerable<PlanWarning> OnlyTargets(Plan plan) => plan.Moves
        .Where(move => move.OnlyTarget)
        .GroupBy(move => move.Target)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new PlanWarning("only-target",
            $"{group.Key} is the only host that can take {Names([.. group.Select(move => move.Name)])}. Should it fail as well, {(group.Count() == 1 ? "this one stays" : "these stay")} down.")
        { Host = group.Key, Instance = group.Count() == 1 ? group.First().Instance : null });

    private static IEnumerable<PlanWarning> Unanswered(MadePlan made) => made.Unanswered
        .GroupBy(move => move.Target, move => move.Name)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new PlanWarning("not-previewed",
            $"{group.Key} did not say what it would change in {Names([.. group])}; if it refuses, that shows when it is defined there. Look at the executor of {group.Key}.")
        { Host = group.Key });

    private static IEnumerable<PlanWarning> Cautions(Plan plan) => plan.Moves
        .SelectMany(move => move.Cautions.Select(sentence => (move.Name, Sentence: sentence)))
        .GroupBy(each => each.Sentence, each => each.Name)
        .Select(group => new PlanWarning("api-silent", $"{Names([.. group])}: {group.Key}"));

    private static IEnumerable<PlanWarning> Dependencies(MadePlan made)
    {
        var instances = made.Cluster.Instances.ToDictionary(instance => instance.Id);
        var moved = made.Plan.Moves.Select(move => move.Instance).ToHashSet();
        var unplaced = made.Plan.Unplaced.Select(each => each.Instance).ToHashSet();
        var up = made.Cluster.Hosts.Where(host => host.Liveness == HostLiveness.Up).Select(host => host.Name)
            .ToHashSet(StringComparer.Ordinal);
        foreach (var move in made.Plan.Moves.Where(move => instances.ContainsKey(move.Instance)))
        {
            foreach (var id in instances[move.Instance].Policy.After.Where(id => !moved.Contains(id)))
            {
                var other = instances.GetValueOrDefault(id);
                var (code, message) = other switch
                {
                    null => ("dependency-unknown", $"{move.Name} waits for {id}, and no such instance is known. It is started all the same."),
                    _ when unplaced.Contains(id) => ("dependency-unplaced", $"{move.Name} waits for {other.Name}, which has no place in this plan. It is started all the same."),
                    { State: DomainState.Running } when up.Contains(other.Host) => ("", ""),
                    _ => ("dependency-not-running", $"{move.Name} waits for {other.Name}, which is not in this plan and does not run on {other.Host} now. It is started all the same."),
                };
                if (code.Length > 0)
                {
                    yield return new(code, message) { Instance = move.Instance };
                }
            }
        }
    }

    private static string Names(IReadOnlyList<string> names) => names.Count <= NamedAtMost
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamedAtMost))} and {names.Count - NamedAtMost} more";
}
