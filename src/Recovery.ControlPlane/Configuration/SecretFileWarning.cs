namespace Recovery.ControlPlane.Configuration;

/// <summary>Says at start when a file of secrets is open to others than its owner.</summary>
internal sealed partial class SecretFileWarning(RecoveryOptions options, ILogger<SecretFileWarning> log) : IHostedService
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in new[] { options.Volumes.ChapFile, options.Executors.KeyFile, options.Database.ConnectionStringFile })
        {
            if (!OperatingSystem.IsWindows() && file.Length > 0 && (File.GetUnixFileMode(file) & Others) != 0)
            {
                OpenToOthers(file);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(LogLevel.Warning, "{File} holds secrets, and others than its owner can read or write it. Run: chmod 600 {File}")]
    private partial void OpenToOthers(string file);
}
