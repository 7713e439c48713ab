namespace Recovery.ControlPlane.Configuration;

/// <summary>Says at start when a file of secrets is open to others than its owner.</summary>
internal sealed partial class SecretFileWarning(RecoveryOptions options, ILogger<SecretFileWarning> log) : IHostedService
{
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    // What a kubelet gives to a pod's group, and nobody can write.
    private const UnixFileMode OfPod = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var file in Files(options))
        {
            if (!OperatingSystem.IsWindows() && file.Length > 0 && IsOpen(File.GetUnixFileMode(file)))
            {
                OpenToOthers(file);
            }
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private static string[] Files(RecoveryOptions options) =>
    [
        options.Volumes.ChapFile,
        options.Executors.KeyFile,
        options.Database.ConnectionStringFile,
        options.OpenStack.ReaderConnectionStringFile,
        options.OpenStack.WriterConnectionStringFile,
        options.OpenStack.PasswordFile,
        options.OpenStack.ApplicationCredentialSecretFile,
    ];

    private static bool IsOpen(UnixFileMode mode) => (mode & Others) != 0 && mode != OfPod;

    [LoggerMessage(LogLevel.Warning, "{File} holds secrets, and others than its owner can read or write it. Run: chmod 600 {File}")]
    private partial void OpenToOthers(string file);
}
