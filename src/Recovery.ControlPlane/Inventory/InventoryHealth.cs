namespace Recovery.ControlPlane.Inventory;

/// <summary>Whether an inventory that others keep could be read when it was asked last, by this process.</summary>
public sealed class InventoryHealth
{
    private volatile string? fault;

    /// <summary>What can't be read, and what can be done; empty when all can. Null: nothing is asked, or was not yet.</summary>
    public string? Fault => fault;

    /// <returns>True when this was not so before.</returns>
    public bool Was(string what)
    {
        var before = Interlocked.Exchange(ref fault, what);
        return before != what;
    }
}
