using Recovery.ControlPlane.Inventory;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>An inventory that keeps a definition of everything, and nothing else.</summary>
internal sealed class Definitions : IInventory
{
    public Func<Guid, bool> Kept { get; set; } = _ => true;

    public IReadOnlyList<string> PolicyFaults { get; set; } = [];

    /// <summary>Into each definition.</summary>
    public Func<KeptDefinition, KeptDefinition> Edit { get; set; } = kept => kept;

    /// <summary>Each move's route, or why there is none to its target.</summary>
    public Func<Move, (RecoveryRoute Route, string? Closed)> Route { get; set; } = _ => (RecoveryRoute.Plain, null);

    public IReadOnlyList<string> Cautions { get; set; } = [];

    public Func<ClusterSnapshot> Cluster { get; set; } = () => World.With();

    public Task<ClusterSnapshot> SnapshotAsync(Guid? exceptRecovery, CancellationToken cancellationToken) => Task.FromResult(Cluster());

    public Task<IReadOnlyDictionary<Guid, KeptDefinition>> DefinitionsAsync(
        IReadOnlyCollection<Guid> instances, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyDictionary<Guid, KeptDefinition>>(instances.Where(Kept).ToDictionary(
            id => id,
            id => Edit(new KeptDefinition(
                $"<domain>{System.Text.Encoding.ASCII.GetString(id.ToByteArray()).TrimEnd('-')}</domain>", [], "", DateTimeOffset.UnixEpoch)
            { PolicyFaults = PolicyFaults })));

    public Task<Plan> RouteAsync(Plan plan, RecoveryRoute? wished, CancellationToken cancellationToken) => Task.FromResult(new Plan(
        [.. plan.Moves.Where(move => Route(move).Closed is null).Select(move => move with { Route = Route(move).Route, Cautions = Cautions })],
        [
            .. plan.Unplaced,
            .. plan.Moves.Where(move => Route(move).Closed is not null).Select(move =>
                new Unplaced(move.Instance, move.Name, move.Source, [new Rejection(move.Target, RejectionKind.NoRoute, Route(move).Closed!)])),
        ]));

    public Task<string?> ReadmitAsync(string host, CancellationToken cancellationToken) => Task.FromResult<string?>(null);
}
