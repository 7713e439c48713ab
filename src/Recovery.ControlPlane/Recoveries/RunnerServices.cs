using Recovery.ControlPlane.Fencing;

namespace Recovery.ControlPlane.Recoveries;

public static class RunnerServices
{
    /// <summary>The runner and its stages, in the order in which a recovery goes through them.</summary>
    public static IServiceCollection AddRunner(this IServiceCollection services) => services
        .AddSingleton<PlanStage>()
        .AddSingleton<FenceStage>()
        .AddSingleton<FenceProofs>()
        .AddSingleton<IHostFence, HostFence>()
        .AddSingleton<FencingTurn>()
        .AddSingleton<RecheckStage>()
        .AddSingleton<InstancesStage>()
        .AddSingleton<InstanceDrive>()
        .AddSingleton<StepSender>()
        .AddSingleton<CloseStage>()
        .AddSingleton<RecoveryDrive>()
        .AddHostedService<RecoveryRunner>();
}
