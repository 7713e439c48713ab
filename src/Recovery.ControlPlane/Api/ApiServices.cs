using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

public static class ApiServices
{
    public static IServiceCollection AddRecoveryApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(json => ApiJson.Configure(json.SerializerOptions));
        services.AddSingleton<HostRegistry>();
        services.AddSingleton<ProofBook>();
        services.AddSingleton<InstanceList>();
        services.AddSingleton<RecoveryList>();
        services.AddSingleton<AlarmList>();
        services.AddSingleton<AuditList>();
        services.AddSingleton<FenceRules>();
        return services.AddRecoverySwagger();
    }

    public static void MapRecoveryApi(this WebApplication app)
    {
        app.MapHosts();
        app.MapProofs();
        app.MapInstances();
        app.MapAlarms();
        app.MapPlans();
        app.MapForecast();
        app.MapRecoveries();
        app.MapRecoveryActions();
        app.MapRecoveryEvents();
        app.MapAudit();
        app.MapHealth();
        app.MapProblems();
    }
}
