using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recovery.ControlPlane.Fencing;

public static class FencingServices
{
    /// <summary>
    /// The fencing ladder. Needs <c>RecoveryOptions</c> and an <see cref="IHostFence"/>; every <see cref="IStorageFence"/>
    /// that is registered becomes a level of it.
    /// </summary>
    public static IServiceCollection AddFencing(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<IFenceAgent, FenceAgent>();
        services.AddSingleton<IFencing, FenceLadder>();
        return services;
    }
}
