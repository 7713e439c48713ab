using System.CommandLine;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Recovery.Demo;
using Recovery.Labs;
using Spectre.Console;

var hosts = new Option<int>("--hosts") { Description = "Hypervisors; node1 is the one that dies.", DefaultValueFactory = _ => 3 };
var instances = new Option<int>("--instances") { Description = "Guests on node1.", DefaultValueFactory = _ => 6 };
var json = new Option<bool>("--json") { Description = "Print one JSON document on standard output at the end; the story goes to standard error." };
var keep = new Option<bool>("--keep") { Description = "Leave it running to play with." };
var down = new Option<bool>("--down") { Description = "End what --keep, or a demo that was killed, left." };
var lab = new Option<string>("--lab") { Description = "Name of its lab, to run beside another.", DefaultValueFactory = _ => "demo" };
var subnet = new Option<int>("--subnet") { Description = "Second octet of its network, 10.N.0.0/24.", DefaultValueFactory = _ => 77 };
var port = new Option<int>("--port") { Description = "Port of its control plane, on loopback.", DefaultValueFactory = _ => 7070 };
hosts.Validators.Add(result => Between(result, hosts, 2, 9));
instances.Validators.Add(result => Between(result, instances, 1, 40));

// Ours, and before anything else: taking a lab down takes a second or two, and no Ctrl-C may cut that short.
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
var error = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });

var command = new RootCommand("A host dies, and its guests run again, on real libvirt, QEMU and iSCSI.") { hosts, instances, json, keep, down, lab, subnet, port };
command.SetAction(RunAsync);
try
{
    return await command.Parse(args).InvokeAsync(
        new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false }, interrupted.Token);
}
catch (Exception failure) when (interrupted.IsCancellationRequested && failure is LabException or OperationCanceledException)
{
    error.MarkupLine("Interrupted; everything was taken down again.");
    return 130;
}
catch (Exception failure) when (failure is LabException or HttpRequestException)
{
    error.MarkupLineInterpolated($"[red]{failure.Message}[/]");
    return 1;
}

async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
{
    if (parsed.GetValue(down))
    {
        await Lab.DownAsync(parsed.GetValue(lab)!, CancellationToken.None);
        return 0;
    }

    var options = new DemoOptions(parsed.GetValue(hosts), parsed.GetValue(instances), parsed.GetValue(json), parsed.GetValue(keep))
    {
        Lab = parsed.GetValue(lab)!,
        Subnet = parsed.GetValue(subnet),
        Port = parsed.GetValue(port),
        Executor = Binary("RECOVERY_EXECUTOR"),
        ControlPlane = Binary("RECOVERY_CONTROL_PLANE"),
    };

    return await new DemoStory(options, options.Json ? error : AnsiConsole.Console).TellAsync(cancellationToken) ? 0 : 1;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}

static string Binary(string variable) =>
    Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path && File.Exists(path)
        ? path
        : throw new LabException($"{variable} does not name a published binary; start the demo with ./demo, which publishes them.");

static void Between(OptionResult result, Option<int> option, int least, int most)
{
    if (result.GetValueOrDefault<int>() is var value && (value < least || value > most))
    {
        result.AddError($"{option.Name} must be {least} to {most}, and not {value}.");
    }
}
