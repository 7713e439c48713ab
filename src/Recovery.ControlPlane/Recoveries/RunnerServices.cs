using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Recoveries.Readiness;
using Recovery.ControlPlane.Recoveries.Returns;

namespace Recovery.ControlPlane.Recoveries;

public static class RunnerServices
{
    /// <summary>The runner, and what carries out the step machine's decisions, in the order of a recovery.</summary>
    public static IServiceCollection AddRunner(this IServiceCollection services) => services
        .AddReturns()
        .AddSingleton<BriefAbsence>()
        .AddSingleton<PlanStage>()
        .AddSingleton<FenceAction>()
        .AddSingleton<FenceProofs>()
        .AddSingleton<IHostFence, HostFence>()
        .AddSingleton<FencingTurn>()
        .AddSingleton<Observer>()
        .AddSingleton<RecheckStage>()
        .AddSingleton<StepCarrier>()
        .AddSingleton<StepSender>()
        .AddSingleton<IVolumePasswords, VolumePasswords>()
        .AddSingleton<InventoryStepSender>()
        .AddSingleton<IReadinessProbe, ReadinessProbe>()
        .AddSingleton<CloseStage>()
        .AddSingleton<InventoryAbsence>()
        .AddSingleton<RecoveryDrive>()
        .AddHostedService<RecoveryRunner>();
}
