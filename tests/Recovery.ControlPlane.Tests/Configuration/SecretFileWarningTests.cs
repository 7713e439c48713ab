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
