using Microsoft.Extensions.DependencyInjection.Extensions;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Steps;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack;

public static class CloudStepServices
{
    /// <summary>The steps of an instance in a cloud. Needs the readers, <c>OpenStackApis</c>, <c>OpenStackOptions</c>, and our own book.</summary>
    public static IServiceCollection AddCloudSteps(this IServiceCollection services)
    {
        services.TryAddSingleton<ForeignWriter>();
        services.TryAddSingleton<IForeignConnections>(provider => provider.GetRequiredService<CloudConnections>());
        services.AddSingleton<IVolumeSecrets, VolumeSecrets>();
        services.AddSingleton<IInitiatorNames, ReportedInitiatorNames>();
        services.AddSingleton<StepFacts>();
        services.AddSingleton<AnsweringApis>();
        services.AddSingleton<RowSteps>();
        services.AddSingleton<AttachmentSteps>();
        services.AddSingleton<PortSteps>();
        services.AddSingleton<ServerStart>();
        services.AddSingleton<IInventorySteps, CloudSteps>();
        return services;
    }
}
