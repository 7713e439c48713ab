using Microsoft.Extensions.DependencyInjection.Extensions;
using Recovery.ControlPlane.Inventory;

namespace Recovery.ControlPlane.Detection;

public static class DetectionServices
{
    /// <summary>The watch on all registered hosts. Needs the executors and the libvirt inventory.</summary>
    public static IServiceCollection AddDetection(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(Random.Shared);
        services.TryAddSingleton<LivenessBoard>();
        services.AddSingleton<ReportReader>();
        services.AddSingleton<LifeSigns>();
        services.AddSingleton<WatchTools>();
        services.AddHostedService<HostWatcher>();
        services.AddSingleton<HostSurveyor>();
        services.AddHostedService<HostSurvey>();
        return services;
    }
}
