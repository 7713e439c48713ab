namespace Recovery.Executor.Operations;

/// <summary>Lets running steps end before the executor does, as far as the shutdown's patience allows; the log covers the rest.</summary>
internal sealed class OrderlyEnd(StepRunner runner) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken) =>
        await runner.Settled().WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}
