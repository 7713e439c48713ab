using System.Collections.Concurrent;

namespace Recovery.Executor.Fencing;

/// <summary>
/// Guests that this host ended since their last start. To libvirt some of them look as if their owner had destroyed
/// them, and what its owner shut off is never started again.
/// </summary>
internal sealed class FencedGuests
{
    private readonly ConcurrentDictionary<string, byte> guests = new(StringComparer.Ordinal);

    public bool Contains(string uuid) => guests.ContainsKey(uuid);

    /// <summary>To be called before they are ended.</summary>
    public void Add(IEnumerable<string> uuids)
    {
        foreach (var uuid in uuids) guests[uuid] = 0;
    }

    /// <summary>It was started.</summary>
    public void Remove(string uuid) => guests.TryRemove(uuid, out _);
}
