namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>What hosts are called as iSCSI initiators.</summary>
public interface IInitiatorNames
{
    /// <summary>Empty when it is not known.</summary>
    Task<string> OfAsync(string host, CancellationToken cancellationToken);
}
