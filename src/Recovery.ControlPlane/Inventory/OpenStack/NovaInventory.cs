using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack;

/// <summary>
/// An OpenStack cloud: where instances are and how much room there is, its databases say; who lives and what a host can do,
/// the executors say.
/// </summary>
internal sealed class NovaInventory(
    CloudReader cloud,
    ReportedClusterReader reports,
    InstanceFactsReader instances,
    TargetFactsReader targets,
    CloudDefinitions definitions,
    HostReadmission readmission,
    OpenStackApis apis,
    OpenStackOptions options,
    TimeProvider time)
    : IInventory
{
    // Each takes some connections of each database's pool.
    private const int TargetsAtOnce = 8;

    public Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken) => ReadAsync(async () =>
    {
        // In this order: what is committed between the two is then counted as reserved and as present, never as neither.
        var reported = await reports.ReadAsync(exceptRecovery, cancellationToken);
        return CloudSnapshot.Of(await cloud.ReadAsync(cancellationToken), reported);
    });

    public Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
        IReadOnlyCollection<Guid> wanted, CancellationToken cancellationToken) => ReadAsync(async () =>
    {
        var facts = await instances.ReadAsync(wanted, cancellationToken);
        return await definitions.OfAsync([.. facts.Values], cancellationToken);
    });

    public Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken) =>
        plan.Moves.Count == 0 ? Task.FromResult(plan) : ReadAsync(() => RoutedAsync(plan, wished, cancellationToken));

    /// <inheritdoc/>
    public Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken) => readmission.ReadmitAsync(host, cancellationToken);

    private async Task<Plan> RoutedAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken)
    {
        var answers = ApiAnswers.AskAsync(apis, options, time, cancellationToken);
        var hosts = TargetsAsync(plan, cancellationToken);
        var facts = instances.ReadAsync([.. plan.Moves.Select(move => move.Instance)], cancellationToken);
        await Task.WhenAll(answers, hosts, facts);
        var (read, there) = (await facts, await hosts);
        var kept = await definitions.OfAsync([.. read.Values], cancellationToken);
        return new CloudRouter(wished, await answers, options, time.GetUtcNow()).Route(plan, move => new MoveFacts(
            read.GetValueOrDefault(move.Instance), there.GetValueOrDefault(move.Target), kept.GetValueOrDefault(move.Instance)));
    }

    private async Task<IReadOnlyDictionary<string, TargetFacts?>> TargetsAsync(Plan plan, CancellationToken cancellationToken)
    {
        var read = new Dictionary<string, TargetFacts?>(StringComparer.Ordinal);
        foreach (var some in plan.Moves.Select(move => move.Target).Distinct(StringComparer.Ordinal).Chunk(TargetsAtOnce))
        {
            var facts = await Task.WhenAll(some.Select(name => targets.ReadTargetAsync(name, cancellationToken)));
            foreach (var (name, target) in some.Zip(facts))
            {
                read[name] = target;
            }
        }

        return read;
    }

    private static async Task<T> ReadAsync<T>(Func<Task<T>> read)
    {
        try
        {
            return await read();
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }
}
