namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Where the cloud's databases are, for the user that may write.</summary>
public interface IForeignConnections
{
    /// <param name="cell">Of <see cref="ForeignDatabase.Nova"/>: the cell's name; else empty.</param>
    /// <returns>A connection string that names the database; null when none is known.</returns>
    string? Of(ForeignDatabase database, string cell);
}
