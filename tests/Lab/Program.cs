using System.CommandLine;
using System.Runtime.InteropServices;
using Recovery.Labs;

// Our own handlers, and before anything else: System.CommandLine installs its own only once an action has awaited for the
// first time, and gives it two seconds; a half-built lab must be taken down again however early the Ctrl-C comes.
using var interrupted = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Cancel);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Cancel);
using var hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Cancel);
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
try
{
    return await LabCommands.Root().Parse(args).InvokeAsync(configuration, interrupted.Token);
}
catch (Exception fault) when (interrupted.IsCancellationRequested && fault is LabException or OperationCanceledException)
{
    // The signal goes to all of the terminal's programs: one that we ran may have ended before we asked it to.
    await Console.Error.WriteLineAsync("Interrupted.");
    return 130;
}
catch (LabException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}

void Cancel(PosixSignalContext signal)
{
    signal.Cancel = true;
    interrupted.Cancel();
}
