namespace Recovery.ControlPlane.Recoveries.Returns;

public static class ReturnServices
{
    /// <summary>What puts a host in order that is back.</summary>
    public static IServiceCollection AddReturns(this IServiceCollection services) => services
        .AddSingleton<ReturnSight>()
        .AddSingleton<ReturnGuard>()
        .AddSingleton<ReturnLedger>()
        .AddSingleton<ResumeStage>()
        .AddHostedService<ReturnWatch>();
}
