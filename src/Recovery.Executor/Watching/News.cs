using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>
/// Whether facts of this node differ enough to report everything anew. Free space and free pages move all the time:
/// they count when they moved by a twentieth of the storage, or of the cell's memory.
/// </summary>
internal static class News
{
    private const ulong NotableShare = 20;

    public static bool IsIn(NodeReport facts, NodeReport last)
    {
        var (now, before) = (facts.Clone(), last.Clone());
        foreach (var (storage, old) in now.Storages.Zip(before.Storages))
        {
            if (Moved(storage.FreeMib, old.FreeMib) <= storage.SizeMib / NotableShare) storage.FreeMib = old.FreeMib;
        }
        foreach (var (pages, old, cell) in now.NumaCells.Zip(before.NumaCells).SelectMany(Pages))
        {
            if (Moved(pages.Count, old.Count) * pages.SizeKib / 1024 <= cell.MemoryMib / NotableShare) pages.Count = old.Count;
        }
        return !now.Equals(before);
    }

    private static IEnumerable<(FreePages Now, FreePages Before, NumaCell Cell)> Pages((NumaCell Now, NumaCell Before) cells) =>
        cells.Now.FreePages.Zip(cells.Before.FreePages, (now, before) => (now, before, cells.Now));

    private static ulong Moved(ulong a, ulong b) => Math.Max(a, b) - Math.Min(a, b);
}
