using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What a view takes from placement.</summary>
/// <param name="Providers">By uuid: that of the compute node.</param>
/// <param name="Traits">By provider id.</param>
/// <param name="Allocations">By consumer: an instance's uuid.</param>
internal sealed record PlacementRows(
    IReadOnlyDictionary<string, ProviderView> Providers,
    IReadOnlyDictionary<int, IReadOnlySet<string>> Traits,
    ILookup<string, AllocationView> Allocations);

internal sealed record AllocationLine(int Provider, string Consumer, int Class, int Used);

/// <summary>Reads placement.</summary>
internal static class PlacementReader
{
    /// <exception cref="CloudUnreadableException">It can't be read.</exception>
    public static async Task<PlacementRows> ReadAsync(CloudConnections connections, CloudLogin login, CancellationToken cancellationToken)
    {
        var placement = await connections.OpenAsync<PlacementContext>(login.Placement, cancellationToken);
        var classes = placement.ReadAsync(context => context.ResourceClasses.ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken));
        var traits = placement.ReadAsync(context => context.Traits.ToDictionaryAsync(row => row.Id, row => row.Name, cancellationToken));
        var providers = placement.ReadAsync(context => context.ResourceProviders.ToListAsync(cancellationToken));
        var inventories = placement.ReadAsync(context => context.Inventories.ToListAsync(cancellationToken));
        var owned = placement.ReadAsync(context => context.ResourceProviderTraits.ToListAsync(cancellationToken));
        var allocations = placement.ReadAsync(context => context.Allocations
            .Select(row => new AllocationLine(row.ResourceProviderId, row.ConsumerId, row.ResourceClassId, row.Used))
            .ToListAsync(cancellationToken));
        await Task.WhenAll(classes, traits, providers, inventories, owned, allocations);

        var (classNames, traitNames, taken) = (await classes, await traits, await allocations);
        var used = new Dictionary<(int Provider, int Class), long>();
        foreach (var each in taken)
        {
            used[(each.Provider, each.Class)] = used.GetValueOrDefault((each.Provider, each.Class)) + each.Used;
        }

        var inventoriesOf = (await inventories).ToLookup(row => row.ResourceProviderId);
        return new PlacementRows(
            (await providers).Where(row => Guid.TryParse(row.Uuid, out _)).ToDictionary(
                row => row.Uuid,
                row => new ProviderView(
                    row.Id,
                    Guid.Parse(row.Uuid),
                    inventoriesOf[row.Id].ToDictionary(
                        each => NameOf(classNames, each.ResourceClassId),
                        each => new ProviderInventory(
                            each.Total, each.Reserved, each.MinUnit, each.MaxUnit, each.StepSize, Ratio(each.AllocationRatio),
                            used.GetValueOrDefault((row.Id, each.ResourceClassId))))),
                StringComparer.OrdinalIgnoreCase),
            (await owned).GroupBy(row => row.ResourceProviderId).ToDictionary(
                rows => rows.Key,
                IReadOnlySet<string> (rows) => rows.Select(row => NameOf(traitNames, row.TraitId)).ToHashSet()),
            taken.ToLookup(each => each.Consumer, each => new AllocationView(each.Provider, NameOf(classNames, each.Class), each.Used)));
    }

    private static string NameOf(Dictionary<int, string> names, int id) => names.TryGetValue(id, out var name) ? name : $"{id}";

    // 1.1 as a float is 1.10000002384 as a double: 10 of it would be 11.0000002.
    private static double Ratio(float ratio) => (double)(decimal)ratio;
}
