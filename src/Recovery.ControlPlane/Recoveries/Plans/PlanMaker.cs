using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>
/// Makes plans, those that are shown and those that are carried out alike: each target is shown the definitions that it
/// would get, and what it refuses is planned again without it.
/// </summary>
/// <remarks>
/// A plan is never held up for longer than <see cref="Patience"/>: whoever does not answer by then is taken at the
/// planner's word, and refuses in the step that defines the instance. Whom no executor defines is shown to none.
/// </remarks>
public sealed class PlanMaker(
    IInventory inventory,
    IDefinitionPreview preview,
    IDbContextFactory<RecoveryDbContext> contexts,
    TimeProvider time,
    ILogger<PlanMaker> logger)
{
    /// <summary>For all questions of a plan together.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private const int MaximumRounds = 3;

    /// <param name="cluster">The cluster now.</param>
    /// <param name="draw">The plan on a snapshot; drawn again when targets refuse.</param>
    /// <param name="wished">The only way by which instances may be brought up; null: whichever is best.</param>
    /// <param name="cancellationToken">Gives up altogether.</param>
    public async Task<MadePlan> MakeAsync(
        ClusterSnapshot cluster, Func<ClusterSnapshot, DrawnPlan> draw, RecoveryRoute? wished, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(Timeout.InfiniteTimeSpan, time);
        var definitions = new Dictionary<Guid, KeptDefinition>();
        var answers = new Dictionary<(Guid, string), DefinitionPreview>();
        var round = new DefinitionRound(preview, time, logger);
        var addresses = await AddressesAsync(cancellationToken);
        for (var rounds = 0; ; rounds++)
        {
            var drawn = draw(cluster);
            await ReadDefinitionsAsync(drawn.Plan, definitions, cancellationToken);
            var routed = drawn with { Plan = await inventory.RouteAsync(drawn.Plan, wished, cancellationToken) };
            var closed = Closed(drawn.Plan, routed.Plan);
            var open = routed.Plan.Moves
                .Where(move => move.IsDefinedByUs() && !answers.ContainsKey((move.Instance, move.Target)))
                .ToList();
            if (rounds == MaximumRounds || open.Count + closed.Count == 0)
            {
                return Made(routed, cluster, definitions, answers);
            }

            if (rounds == 0)
            {
                deadline.CancelAfter(Patience);
            }

            var said = await round.AskAsync(Questions(open, cluster, definitions, addresses), deadline.Token, cancellationToken);
            foreach (var move in open.Where(move => said.ContainsKey(move.Instance)))
            {
                answers[(move.Instance, move.Target)] = said[move.Instance];
            }

            var refusals = open
                .Where(move => said.TryGetValue(move.Instance, out var answer) && answer.Refusals.Count > 0)
                .Select(move => new DefinitionRefusal(move.Instance, move.Target, string.Join("; ", said[move.Instance].Refusals)))
                .Concat(closed)
                .ToList();
            if (refusals.Count == 0)
            {
                return Made(routed, cluster, definitions, answers);
            }

            cluster = cluster with { Refusals = [.. cluster.Refusals, .. refusals] };
        }
    }

    // Targets to which the inventory knows no way; another one may have one.
    private static List<DefinitionRefusal> Closed(Plan drawn, Plan routed)
    {
        var targets = drawn.Moves.ToDictionary(move => move.Instance, move => move.Target);
        return
        [
            .. from unplaced in routed.Unplaced
               where targets.ContainsKey(unplaced.Instance)
               from rejection in unplaced.Rejections
               where rejection.Host == targets[unplaced.Instance]
               select new DefinitionRefusal(unplaced.Instance, rejection.Host, rejection.Sentence) { NoRoute = true },
        ];
    }

    private async Task<Dictionary<string, string>> AddressesAsync(CancellationToken cancellationToken)
    {
        await using var context = await contexts.CreateDbContextAsync(cancellationToken);
        return await context.Hosts.AsNoTracking().Select(row => new { row.Name, row.Executor })
            .ToDictionaryAsync(row => row.Name, row => row.Executor, StringComparer.Ordinal, cancellationToken);
    }

    private async Task ReadDefinitionsAsync(
        Plan plan, Dictionary<Guid, KeptDefinition> definitions, CancellationToken cancellationToken)
    {
        var missing = plan.Moves.Select(move => move.Instance).Concat(plan.Unplaced.Select(each => each.Instance))
            .Where(id => !definitions.ContainsKey(id))
            .ToList();
        if (missing.Count == 0)
        {
            return;
        }

        foreach (var (id, definition) in await inventory.DefinitionsAsync(missing, cancellationToken))
        {
            definitions[id] = definition;
        }
    }

    private static IEnumerable<DefinitionQuestion> Questions(
        IEnumerable<Move> moves,
        ClusterSnapshot cluster,
        Dictionary<Guid, KeptDefinition> definitions,
        Dictionary<string, string> addresses)
    {
        var instances = cluster.Instances.ToDictionary(instance => instance.Id);
        foreach (var move in moves)
        {
            if (definitions.TryGetValue(move.Instance, out var kept)
                && instances.TryGetValue(move.Instance, out var instance)
                && addresses.TryGetValue(move.Target, out var address))
            {
                yield return new DefinitionQuestion
                {
                    Host = move.Target,
                    ExecutorAddress = address,
                    Instance = kept.Complete(instance),
                    Definition = kept.Definition,
                    SourceStorages = kept.SourceStorages,
                    SourceCpuModel = kept.SourceCpuModel,
                };
            }
        }
    }

    private static MadePlan Made(
        DrawnPlan drawn,
        ClusterSnapshot cluster,
        Dictionary<Guid, KeptDefinition> definitions,
        Dictionary<(Guid, string), DefinitionPreview> answers) => new()
        {
            Plan = drawn.Plan,
            Replanned = drawn.Changes,
            Cluster = cluster,
            Definitions = definitions,
            Changes = drawn.Plan.Moves
                .Where(move => answers.ContainsKey((move.Instance, move.Target)))
                .ToDictionary(move => move.Instance, move => answers[(move.Instance, move.Target)].Changes),
            Unanswered = [.. drawn.Plan.Moves.Where(move =>
                move.IsDefinedByUs() && definitions.ContainsKey(move.Instance) && !answers.ContainsKey((move.Instance, move.Target)))],
        };
}
