using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Steps;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack;

public static class CloudStepServices
{
    /// <summary>The steps of an instance in a cloud. Needs the readers, <c>OpenStackApis</c>, <c>ForeignWriter</c> and our own book.</summary>
    public static IServiceCollection AddCloudSteps(this IServiceCollection services) => services
        .AddSingleton<IForeignConnections>(provider => provider.GetRequiredService<CloudConnections>())
        .AddSingleton<IVolumeSecrets, VolumeSecrets>()
        .AddSingleton<StepFacts>()
        .AddSingleton(provider => new AnsweringApis(
            provider.GetRequiredService<Api.OpenStackApis>(),
            provider.GetRequiredService<CloudConnections>().Options,
            provider.GetRequiredService<TimeProvider>()))
        .AddSingleton<RowSteps>()
        .AddSingleton<AttachmentSteps>()
        .AddSingleton<PortSteps>()
        .AddSingleton<ServerStart>()
        .AddSingleton<IInventorySteps, CloudSteps>();
}
