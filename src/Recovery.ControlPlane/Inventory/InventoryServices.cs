using Microsoft.Extensions.DependencyInjection.Extensions;
using Recovery.ControlPlane.Inventory.Libvirt;

namespace Recovery.ControlPlane.Inventory;

public static class InventoryServices
{
    /// <summary>The inventory of a plain libvirt cluster. Needs a factory of <c>RecoveryDbContext</c>.</summary>
    public static IServiceCollection AddLibvirtInventory(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LivenessBoard>();
        services.TryAddSingleton<InventoryChanges>();
        services.AddSingleton<BelongingKeeper>();
        services.AddSingleton<ReportRecorder>();
        services.AddHostedService<AlarmBell>();
        services.AddSingleton<LibvirtInventory>();
        services.AddSingleton<IInventory>(provider => provider.GetRequiredService<LibvirtInventory>());
        services.AddSingleton<IInventorySteps>(provider => provider.GetRequiredService<LibvirtInventory>());
        return services;
    }
}
