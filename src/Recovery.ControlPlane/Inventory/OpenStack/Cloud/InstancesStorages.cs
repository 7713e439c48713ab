using Recovery.ControlPlane.Inventory.Reports;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Where the files of an instance are whose host never told.</summary>
/// <param name="hosts">With the cell that each is of.</param>
/// <param name="told">By host.</param>
internal sealed class InstancesStorages(IEnumerable<(string Host, string Cell)> hosts, IReadOnlyDictionary<string, InstancesStorage> told)
{
    private readonly ILookup<string, InstancesStorage> byCell = hosts
        .Where(each => told.ContainsKey(each.Host))
        .ToLookup(each => each.Cell, each => told[each.Host], StringComparer.Ordinal);

    // Where every host of a cell that told keeps them in one place, so did the one that did not. The disk check on the target
    // looks whether they are there.
    public InstancesStorage? Of(string host, string cell)
    {
        if (told.TryGetValue(host, out var own))
        {
            return own;
        }

        var others = byCell[cell].DistinctBy(each => (each.StorageId, each.PathInStorage)).Take(2).ToList();
        return others.Count == 1 ? others[0] : null;
    }
}
