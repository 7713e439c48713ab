using Recovery.Executor;
using Recovery.Executor.Autostart;
using Recovery.Executor.Configuration;
using Recovery.Executor.DomainXml;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Storage;
using Recovery.Executor.Watching;

// 1. What needs no settings
switch (args)
{
    case ["--version"]:
        Console.WriteLine(CommandLine.Version);
        return 0;
    case ["--help" or "-h" or "help"]:
        Console.WriteLine(CommandLine.Help);
        return 0;
    case ["rewrite", .. var arguments]:
        return RewriteCommand.Run(arguments, RewriteCommand.OpenStandardInput(), Console.Out, Console.Error);
    case ["autostart", .. var arguments]:
        return AutostartCommand.Run(arguments, Console.Out, Console.Error);
}

// 2. Settings, or every fault in them
var faults = new List<string>();
var configuration = CommandLine.Configure(args, faults);
var settings = SettingsReader.Read(configuration, out var settingFaults);
faults.AddRange(settingFaults);
if (settings is null || faults.Count > 0) return Refuse(faults);

// 3. What was done before, and which boot this is: a file that can't be trusted stops the start
OperationLog log;
string boot;
try
{
    boot = BootStamp.Read(settings.RuntimeDirectory);
    new AutostartFile(settings.StateDirectory).Read();
    log = OperationLog.Open(settings.StateDirectory, TimeProvider.System);
}
catch (Exception unusable) when (unusable is OperationLogException or AutostartFileException or IOException or UnauthorizedAccessException)
{
    return Refuse([unusable.Message]);
}
using var closing = log;

// 4. The parts. Hosted services start in this order and stop in the opposite one. The builder is the empty one: the
// others watch the working directory for settings, which is the whole file system when systemd starts us in "/".
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
builder.Logging.AddSimpleConsole(console => (console.SingleLine, console.TimestampFormat, console.UseUtcTimestamp) = (true, "yyyy-MM-dd HH:mm:ss.fffZ ", true));
builder.Logging.AddFilter("Microsoft", LogLevel.Warning).AddFilter("Grpc", LogLevel.Warning);
builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Port.Listen(kestrel, settings));
if (settings.Tls is not null) builder.WebHost.UseKestrelHttpsConfiguration();
builder.Services.AddRoutingCore();
builder.Services.AddExecutor(settings, log, boot);

// 5. The protocol
var app = builder.Build();
app.MapGrpcService<ExecutorService>();
try
{
    await app.RunAsync();
    return 0;
}
catch (IOException taken)
{
    return Refuse([$"{settings.Listen} can't be listened on: {taken.Message}"]);
}

static int Refuse(IReadOnlyList<string> faults)
{
    Console.Error.WriteLine("recovery-executor can't start:");
    foreach (var fault in faults) Console.Error.WriteLine($"  - {fault}");
    return 2;
}
