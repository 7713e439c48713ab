using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Recovery.ControlPlane.Executors;

public static class ExecutorServices
{
    /// <summary>Channels to executors and the dispatch of steps. Needs <c>RecoveryOptions</c>.</summary>
    public static IServiceCollection AddExecutors(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<ExecutorChannels>();
        services.AddSingleton<ChapCredentials>();
        services.TryAddSingleton<IVolumePasswords>(provider => provider.GetRequiredService<ChapCredentials>());
        services.AddSingleton<StepCommandBuilder>();
        services.AddSingleton<IStepDispatcher, StepDispatcher>();
        services.AddSingleton<IDefinitionPreview, ExecutorPreview>();
        services.AddSingleton<IExecutorFence, ExecutorFence>();
        return services;
    }
}
