namespace Recovery.ControlPlane.Inventory;

/// <summary>
/// Counts what may have changed the inventory through this process, so that nobody has to read all of it to learn that
/// nothing did. What a host's silence changes is not counted: only the clock knows.
/// </summary>
public sealed class InventoryChanges
{
    private long version;

    public long Version => Interlocked.Read(ref version);

    public void Notify() => Interlocked.Increment(ref version);
}
