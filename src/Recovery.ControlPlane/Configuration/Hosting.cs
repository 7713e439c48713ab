namespace Recovery.ControlPlane.Configuration;

internal static class Hosting
{
    /// <summary>Where to listen and what to log.</summary>
    public static void AddRecoveryHosting(this WebApplicationBuilder builder, Settings settings)
    {
        builder.Configuration.AddConfiguration(settings.Configuration);
        if (builder.Configuration["urls"] is null
            && builder.Configuration["http_ports"] is null
            && !builder.Configuration.GetSection("Kestrel:Endpoints").Exists())
        {
            builder.WebHost.UseUrls(Settings.DefaultUrl);
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
        builder.Logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
        });

        // Every statement of the database, every request: nothing for a log that is read in an incident.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);

        // A lost race for a unique key is an answer, not an error; whatever is one is thrown and logged by its caller.
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Update", LogLevel.Critical);
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore.Database.Command", LogLevel.Critical);
    }
}
