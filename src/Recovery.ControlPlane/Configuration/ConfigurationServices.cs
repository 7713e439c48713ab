using Microsoft.Extensions.Options;

namespace Recovery.ControlPlane.Configuration;

public static class ConfigurationServices
{
    /// <summary>The options as they were checked, for everyone who asks for them or a part of them.</summary>
    public static IServiceCollection AddRecoveryOptions(this IServiceCollection services, RecoveryOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton(Options.Create(options));
        services.AddSingleton(options.OpenStack);
        services.AddSingleton(options.Database);
        services.AddSingleton(options.Fencing);
        services.AddSingleton(options.Volumes);
        services.AddSingleton(options.Planner);
        services.AddSingleton(options.Plans);
        services.AddSingleton(options.Runner);
        services.AddHostedService<SecretFileWarning>();
        return services;
    }
}
