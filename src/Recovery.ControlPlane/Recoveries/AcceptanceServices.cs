using Microsoft.Extensions.DependencyInjection.Extensions;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Recoveries.Plans;

namespace Recovery.ControlPlane.Recoveries;

public static class AcceptanceServices
{
    /// <summary>What takes requests in: accept, preview, and operators who step in. The runner carries them out.</summary>
    public static IServiceCollection AddAcceptance(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<LivenessBoard>();
        services.TryAddSingleton<RunnerSignal>();
        services.AddPlans();
        services.AddSingleton<AcceptanceLookout>();
        services.AddSingleton<Acceptance>();
        services.AddSingleton<AcceptancePreview>();
        services.AddSingleton<OperatorDesk>();
        services.AddSingleton<OperatorControl>();
        services.AddSingleton<Retry>();
        return services;
    }
}
