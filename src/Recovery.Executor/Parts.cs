using Recovery.Executor.Autostart;
using Recovery.Executor.Configuration;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Storage;
using Recovery.Executor.Surveying;
using Recovery.Executor.Watching;

namespace Recovery.Executor;

/// <summary>Which parts there are and who gets which.</summary>
internal static class Parts
{
    public static void AddExecutor(this IServiceCollection services, ExecutorSettings settings, OperationLog log, string boot)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(settings);
        services.AddSingleton(log);
        services.AddSingleton(given => new StorageCatalogue(settings.Storages, given.GetRequiredService<ILogger<StorageCatalogue>>()));
        services.AddSingleton(given => new LibvirtSession(
            settings.LibvirtUri, given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<LibvirtSession>>()));
        services.AddHostedService(given => given.GetRequiredService<LibvirtSession>());

        services.AddSingleton(given => new AutostartKeeper(
            new AutostartFile(settings.StateDirectory), settings.KeepAutostart,
            given.GetRequiredService<TimeProvider>(), given.GetRequiredService<ILogger<AutostartKeeper>>()));

        services.AddSingleton<StartGate>();
        services.AddSingleton<FencedGuests>();
        services.AddSingleton<HostFence>();

        services.AddSingleton(new NfsShares(settings.NovaMountBase));
        services.AddSingleton<TargetProfiles>();
        services.AddSingleton<DefinitionFitting>();
        services.AddSingleton<DefinitionPreview>();
        services.AddSingleton<CpuSurvey>();
        services.AddSingleton<Survey>();
        services.AddSingleton<IStep, ConnectVolumesStep>();
        services.AddSingleton<IStep, CheckDisksStep>();
        services.AddSingleton<IStep, DefineDomainStep>();
        services.AddSingleton<IStep, StartDomainStep>();
        services.AddSingleton<IStep, AttachVolumesStep>();
        services.AddSingleton<IStep, VerifyDomainStep>();
        services.AddSingleton<IStep, StopDomainStep>();
        services.AddSingleton<IStep, UndefineDomainStep>();
        services.AddSingleton<IStep, DisconnectVolumesStep>();
        services.AddSingleton<IStep>(given => new AwaitAgentStep(given.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IStep, PlugPortsStep>();
        services.AddSingleton<IStep, UnplugPortsStep>();
        services.AddSingleton<StepRunner>();
        services.AddHostedService<OrderlyEnd>();

        services.AddSingleton<LastKnown>();
        services.AddSingleton<DomainReports>();
        services.AddSingleton(new NodeFacts(settings, boot));
        services.AddSingleton<WatchHub>();
        services.AddSingleton<NodeWatcher>();
        services.AddHostedService(given => given.GetRequiredService<NodeWatcher>());
        services.AddHostedService<Heartbeats>();
        services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = 16 << 20);
    }
}
