using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory;

public static class InventoryChoice
{
    /// <summary>The one inventory that the settings ask for.</summary>
    public static IServiceCollection AddInventory(this IServiceCollection services, RecoveryOptions options) =>
        options.Inventory == RecoveryOptions.Nova ? services.AddNovaInventory() : services.AddLibvirtInventory();
}
