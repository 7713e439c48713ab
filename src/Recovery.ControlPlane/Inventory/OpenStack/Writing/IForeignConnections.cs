using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Where the cloud's databases are, for the user that may write.</summary>
public interface IForeignConnections
{
    /// <param name="database">Which.</param>
    /// <param name="cell">Of <see cref="ForeignDatabase.Nova"/>: the cell's name; else not looked at.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CloudUnreadableException">It can't be found.</exception>
    Task<DatabaseAddress> WriterAsync(ForeignDatabase database, string cell, CancellationToken cancellationToken);
}
