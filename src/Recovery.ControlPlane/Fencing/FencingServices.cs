using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recovery.ControlPlane.Fencing;

public static class FencingServices
{
    /// <summary>Fencing by fence agents. Needs <c>RecoveryOptions</c>.</summary>
    public static IServiceCollection AddFencing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FenceAgent>();
        services.AddSingleton<IFencing, FenceLadder>();
        return services;
    }
}
