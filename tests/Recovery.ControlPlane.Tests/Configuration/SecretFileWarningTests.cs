using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Tests.Configuration;

public sealed class SecretFileWarningTests
{
    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead, false)] // as a pod has it
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.OtherRead, true)]
    public async Task A_chap_file_that_others_can_read_is_warned_of(UnixFileMode mode, bool warned)
    {
        var file = Path.GetTempFileName();
        try
        {
            if (OperatingSystem.IsWindows())
            {
                return;
            }

            File.SetUnixFileMode(file, mode);
            var log = new Lines();

            await new SecretFileWarning(new RecoveryOptions { Volumes = new VolumeOptions { ChapFile = file } }, log)
                .StartAsync(TestContext.Current.CancellationToken);

            Assert.Equal(warned, log.All.Exists(line => line.Contains($"chmod 600 {file}", StringComparison.Ordinal)));
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task Every_secret_of_a_cloud_is_looked_at()
    {
        var folder = Directory.CreateTempSubdirectory("recovery-secrets-").FullName;
        try
        {
            var log = new Lines();
            var files = new OpenStackOptions
            {
                ReaderConnectionStringFile = Open("reader"),
                WriterConnectionStringFile = Open("writer"),
                PasswordFile = Open("password"),
                ApplicationCredentialSecretFile = Open("credential"),
            };

            await new SecretFileWarning(new RecoveryOptions { OpenStack = files }, log).StartAsync(TestContext.Current.CancellationToken);

            Assert.All(
                (string[])["reader", "writer", "password", "credential"],
                name => Assert.Contains(log.All, line => line.Contains($"chmod 600 {Path.Combine(folder, name)}", StringComparison.Ordinal)));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        string Open(string name)
        {
            var file = Path.Combine(folder, name);
            File.WriteAllText(file, "");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
            }

            return file;
        }
    }

    private sealed class Lines : ILogger<SecretFileWarning>
    {
        public List<string> All { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            All.Add(formatter(state, exception));
    }
}
