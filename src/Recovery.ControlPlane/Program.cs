using Recovery.ControlPlane.Api;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Detection;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Recoveries.Forecasts;

namespace Recovery.ControlPlane;

/// <summary>The control plane's table of contents.</summary>
public static class Program
{
    public static async Task<int> Main(string[] args)
    {
        var settings = Settings.Read(args);
        if (settings.Answer is { } answer)
        {
            await Console.Out.WriteLineAsync(answer);
            return 0;
        }

        if (settings.Faults.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join(Environment.NewLine, settings.Faults));
            return 2;
        }

        await using var app = Build(settings);
        try
        {
            if (settings.Migrate)
            {
                await Console.Out.WriteLineAsync(await app.MigrateDatabaseAsync());
                return 0;
            }

            await app.PrepareDatabaseAsync();
        }
        catch (DatabaseRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }

        await app.RunAsync();
        return 0;
    }

    /// <param name="settings">Without faults.</param>
    /// <param name="replace">Puts other implementations in the place of what is registered here.</param>
    public static WebApplication Build(Settings settings, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.AddRecoveryHosting(settings);
        builder.Services
            .AddRecoveryOptions(settings.Options)
            .AddPersistence(settings.Options.Database)
            .AddInventory(settings.Options)
            .AddExecutors()
            .AddDetection()
            .AddFencing()
            .AddRunner()
            .AddAcceptance()
            .AddForecast()
            .AddRecoveryApi();
        replace?.Invoke(builder.Services);

        var app = builder.Build();

        // It listens from now on: before that, silence says nothing.
        _ = app.Services.GetRequiredService<LivenessBoard>();
        app.UseRecoveryProblems();
        app.MapRecoveryApi();
        app.MapRecoverySwagger();
        return app;
    }
}
