using Microsoft.Extensions.DependencyInjection.Extensions;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.Reports;

namespace Recovery.ControlPlane.Inventory;

public static class InventoryServices
{
    /// <summary>The inventory of a plain libvirt cluster. Needs a factory of <c>RecoveryDbContext</c>.</summary>
    public static IServiceCollection AddLibvirtInventory(this IServiceCollection services)
    {
        services.AddReports();
        services.AddSingleton<IBelonging, BelongingKeeper>();
        services.AddSingleton<LibvirtInventory>();
        services.AddSingleton<IInventory>(provider => provider.GetRequiredService<LibvirtInventory>());
        services.AddSingleton<IInventorySteps>(provider => provider.GetRequiredService<LibvirtInventory>());
        return services;
    }

    /// <summary>The inventory of an OpenStack cloud. Needs a factory of <c>RecoveryDbContext</c>, and <c>OpenStackOptions</c>.</summary>
    public static IServiceCollection AddNovaInventory(this IServiceCollection services)
    {
        services.AddCloudBelonging();
        services.AddCloudSteps();
        services.AddSingleton<CloudConnections>();
        services.AddSingleton<CloudReader>();
        services.AddSingleton<InstanceFactsReader>();
        services.AddSingleton<TargetFactsReader>();
        services.AddSingleton<OpenStackApis>();
        services.AddSingleton<CloudDefinitions>();
        services.AddSingleton<IInventory, NovaInventory>();
        return services;
    }

    /// <summary>What is made of the executors' reports, whoever keeps the cluster. Needs an <see cref="IBelonging"/>.</summary>
    internal static IServiceCollection AddReports(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LivenessBoard>();
        services.TryAddSingleton<InventoryChanges>();
        services.AddSingleton<InventoryHealth>();
        services.AddSingleton<ReportRecorder>();
        services.AddSingleton<ReportedClusterReader>();
        services.AddSingleton<BelongingBook>();
        return services.AddHostedService<AlarmBell>();
    }
}
