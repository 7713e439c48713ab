using Recovery.ControlPlane.Recoveries.Returns;

namespace Recovery.ControlPlane.Recoveries;

public static class RunnerServices
{
    /// <summary>The runner and its stages, in the order in which a recovery goes through them.</summary>
    public static IServiceCollection AddRunner(this IServiceCollection services) => services
        .AddReturns()
        .AddSingleton<PlanStage>()
        .AddSingleton<FenceStage>()
        .AddSingleton<FenceProofs>()
        .AddSingleton<RecheckStage>()
        .AddSingleton<InstancesStage>()
        .AddSingleton<InstanceDrive>()
        .AddSingleton<StepSender>()
        .AddSingleton<CloseStage>()
        .AddSingleton<RecoveryDrive>()
        .AddHostedService<RecoveryRunner>();
}
