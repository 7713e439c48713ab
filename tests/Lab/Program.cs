using System.CommandLine;
using Recovery.Labs;

// Taking a half-built lab down again after Ctrl-C takes longer than the two seconds that are usual.
var configuration = new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromMinutes(1), EnableDefaultExceptionHandler = false };
try
{
    return await LabCommands.Root().Parse(args).InvokeAsync(configuration);
}
catch (LabException fault)
{
    await Console.Error.WriteLineAsync(fault.Message);
    return 1;
}
catch (OperationCanceledException)
{
    await Console.Error.WriteLineAsync("Interrupted.");
    return 130;
}
