namespace Recovery.Labs.Tests;

public class ExecutorTests : GivenALab
{
    private static readonly LabOptions WithExecutor = Options with { ExecutorBinary = Path.Combine(AppContext.BaseDirectory, "stand-in-executor") };

    [Fact]
    public async Task given_an_executor_then_each_host_runs_it_with_its_own_settings()
    {
        await using var lab = await Lab.UpAsync(WithExecutor with { ExecutorArguments = ["--Further=1"] }, Cancel);
        Assert.All(lab.Hosts, h => Assert.NotNull(h.Executor.Process()));
        Assert.Equal(
            "started: --Executor:Host=node2 --Executor:Listen=10.79.0.12:7071 --Executor:AllowPlaintext=true " +
            "--Executor:StateDirectory=/var/lib/recovery-executor --Executor:GuestListenAddress=10.79.0.12 " +
            "--Executor:Storages:0=/srv/shared --Further=1\n",
            await File.ReadAllTextAsync(lab.Host("node2").Executor.Log, Cancel));
    }

    [Fact]
    public async Task given_an_executor_when_it_is_killed_then_it_stays_dead_until_it_is_started_or_its_host_is_switched_on_and_keeps_its_state()
    {
        await using var lab = await Lab.UpAsync(WithExecutor, Cancel);
        var node1 = lab.Host("node1");
        await node1.Executor.KillAsync(Cancel);
        Assert.Null(node1.Executor.Process());
        Assert.True(node1.IsOn);
        await node1.PowerOnAsync(Cancel);
        Assert.Null(node1.Executor.Process());
        await node1.Executor.StartAsync(Cancel);
        var process = node1.Executor.Process();
        await node1.Executor.StartAsync(Cancel);
        Assert.Equal(process, node1.Executor.Process());

        await node1.PowerOffAsync(Cancel);
        Assert.Null(node1.Executor.Process());
        await node1.PowerOnAsync(Cancel);
        Assert.NotNull(node1.Executor.Process());
        Assert.Equal(3, (await File.ReadAllLinesAsync($"{node1.Executor.StateDirectory}/starts", Cancel)).Length);
    }

    [Fact]
    public async Task given_an_executor_that_ends_at_once_when_the_lab_goes_up_then_its_last_words_are_in_the_error_and_nothing_is_left()
    {
        var begin = TimeProvider.System.GetTimestamp();
        var fault = await Assert.ThrowsAsync<LabException>(() => Lab.UpAsync(WithExecutor with { ExecutorArguments = ["--Executor:Listen=10.1.2.3:1"] }, Cancel));
        Assert.True(TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(12), "it waited for an executor that had ended");
        Assert.Contains("cannot listen", fault.Message, StringComparison.Ordinal);
        Assert.Empty(Traces.Of(Name, Subnet));
    }
}
