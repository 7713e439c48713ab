using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.Reports;

namespace Recovery.ControlPlane.Inventory.OpenStack;

internal static class CloudBelongingServices
{
    /// <summary>
    /// What executors report, where instances belong by Nova's word, and how a host that is back is taken in again. Needs
    /// <c>CloudConnections</c>, <c>OpenStackApis</c> and <c>ForeignWriter</c>.
    /// </summary>
    public static IServiceCollection AddCloudBelonging(this IServiceCollection services) => services
        .AddReports()
        .AddSingleton<IBelonging, ReportsDecideNothing>()
        .AddSingleton<InstanceHostsReader>()
        .AddSingleton<CloudBook>()
        .AddSingleton<HostReadmission>()
        .AddHostedService<CloudBelonging>();
}
