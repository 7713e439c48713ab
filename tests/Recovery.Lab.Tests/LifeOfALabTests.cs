using System.Diagnostics;

namespace Recovery.Labs.Tests;

public class LifeOfALabTests : GivenALab
{
    private static readonly string Command = Path.Combine(AppContext.BaseDirectory, "recovery-lab");

    [Fact]
    public async Task given_a_lab_in_use_when_it_goes_down_then_nothing_of_it_is_left()
    {
        await using var lab = await ALabAsync();
        await lab.AddVolumeAsync("data", cancellationToken: Cancel);
        await lab.AddGuestAsync(new GuestOptions("g1", "node1") { Volume = "data" }, Cancel);
        await lab.Host("node2").PowerOffAsync(Cancel);
        var traces = Traces.Of(Name, Subnet);
        foreach (var kind in new[] { "namespace", "interface", "state", "process", "mount" })
            Assert.Contains(traces, t => t.StartsWith(kind, StringComparison.Ordinal));

        await lab.DownAsync(Cancel);
        Assert.Empty(Traces.Of(Name, Subnet));
        await Lab.DownAsync(Name, Cancel);
    }

    [Fact]
    public async Task given_a_lab_that_is_up_when_it_goes_up_again_then_the_new_one_is_empty()
    {
        await using var old = await ALabAsync();
        await old.AddGuestAsync(new GuestOptions("g1", "node1"), Cancel);
        old.Keep();
        await using var lab = await ALabAsync();
        Assert.Empty(await lab.GuestsAsync(Cancel));
        Assert.Empty(await lab.Host("node1").DomainsAsync(Cancel));
    }

    [Theory]
    [InlineData(60)]
    [InlineData(200)]
    [InlineData(400)]
    public async Task given_an_up_that_was_killed_in_the_middle_when_the_lab_goes_up_then_the_ruins_are_cleared_first(int milliseconds)
    {
        using var killed = Process.Start(Command, ["up", "--lab", Name, "--subnet", $"{Subnet}", "--hosts", "3"]);
        await Task.Delay(milliseconds + 150, Cancel);
        killed.Kill();
        await killed.WaitForExitAsync(Cancel);

        await using (var lab = await ALabAsync())
            Assert.All(lab.Hosts, h => Assert.True(h.IsOn));
        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Fact]
    public async Task given_a_running_lab_whose_state_was_deleted_when_it_goes_up_then_what_still_runs_is_swept_away()
    {
        var lost = await Lab.UpAsync(Options with { Hosts = 3 }, Cancel);
        var processes = lost.Hosts.SelectMany(h => h.Processes()).ToList();
        lost.Keep();
        Directory.Delete($"{LabState.Root}/{Name}", recursive: true);

        await using (var lab = await ALabAsync())
            Assert.DoesNotContain(lab.Hosts.SelectMany(h => h.Processes()), p => processes.Any(old => old.Pid == p.Pid));
        Assert.All(processes, p => Assert.False(Directory.Exists($"/proc/{p.Pid}/root/run/lab")));
        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(250)]
    [InlineData(500)]
    public async Task given_an_up_that_is_cancelled_then_nothing_is_left(int milliseconds)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        cancel.CancelAfter(milliseconds);
        try
        {
            await using var lab = await Lab.UpAsync(Options, cancel.Token);
        }
        catch (OperationCanceledException)
        {
            // As asked.
        }

        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Fact]
    public async Task given_a_running_lab_whose_state_was_deleted_when_it_goes_down_then_nothing_is_left()
    {
        (await ALabAsync()).Keep();
        Directory.Delete($"{LabState.Root}/{Name}", recursive: true);
        await Lab.DownAsync(Name, Cancel);
        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Theory]
    [InlineData("0.15")]
    [InlineData("0.3")]
    [InlineData("0.5")]
    [InlineData("0.8")]
    public async Task given_ctrl_c_in_the_terminal_while_a_lab_goes_up_then_nothing_is_left(string seconds)
    {
        // So many hosts that it is still at it. Job control gives the command a process group, and Ctrl-C goes to all of that.
        var script = $"set -m; '{Command}' up --lab {Name} --subnet {Subnet} --hosts 12 & sleep {seconds}; kill -INT -- -$!; wait $!";
        var result = await Tool.TryAsync("bash", ["-c", script], Cancel);
        Assert.NotEqual(0, result.ExitCode);
        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Fact]
    public async Task given_the_command_when_it_has_ended_then_the_lab_stays_and_can_be_opened()
    {
        var up = await Tool.TryAsync(Command, ["up", "--lab", Name, "--subnet", $"{Subnet}", "--hosts", "1"], Cancel);
        Assert.Equal((0, ""), (up.ExitCode, up.Error));
        await using (var lab = await Lab.OpenAsync(Name, Cancel))
        {
            Assert.True(Assert.Single(lab.Hosts).IsOn);
            // A session of its own: Ctrl-C in the terminal that built the lab is none of its business.
            var init = lab.Hosts[0].Processes().First(p => p.PidInside == 1);
            Assert.NotEqual(SessionOf(Environment.ProcessId), SessionOf(init.Pid));
        }

        var inside = await Tool.TryAsync(Command, ["exec", "node1", "--lab", Name, "--", "hostname"], Cancel);
        Assert.Equal((0, "node1\n"), (inside.ExitCode, inside.Output));
        var bridges = await Tool.TryAsync(Command, ["exec", "node1", "--lab", Name, "--", "ls", "/sys/class/net"], Cancel);
        Assert.Equal("br0\neth0\nlo\n", bridges.Output);
        Assert.Equal(0, (await Tool.TryAsync(Command, ["down", "--lab", Name], Cancel)).ExitCode);
        Assert.Empty(Traces.Of(Name, Subnet));
    }

    [Fact]
    public async Task given_another_lab_on_the_same_subnet_then_the_second_is_refused_and_the_first_is_untouched()
    {
        await using var lab = await ALabAsync();
        var refusal = await Assert.ThrowsAsync<LabException>(() => Lab.UpAsync(Options with { Name = "labtest-two" }, Cancel));
        Assert.Contains("belongs to lab \"labtest\"", refusal.Message, StringComparison.Ordinal);
        Assert.All(lab.Hosts, h => Assert.True(h.IsOn));
        Assert.True(await IsReachedAsync(lab.Host("node1")));
        Assert.Empty(Traces.Of("labtest-two", 0));
    }

    private static string SessionOf(int pid) => File.ReadAllText($"/proc/{pid}/stat").Split(") ")[^1].Split(' ')[3];
}
