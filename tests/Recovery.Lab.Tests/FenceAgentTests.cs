using System.Xml.Linq;

namespace Recovery.Labs.Tests;

public class FenceAgentTests : GivenALab
{
    [Fact]
    public async Task given_a_host_when_it_is_fenced_then_off_is_verified_repeatable_and_undone_by_on()
    {
        await using var lab = await ALabAsync();
        var node1 = lab.Host("node1");
        Assert.Equal(0, await FenceAsync(lab, "action=status", "plug=node1"));

        var processes = node1.Processes();
        Assert.Equal(0, await FenceAsync(lab, "# a comment", "", "ipaddr=10.0.0.1", "action=off", "plug=node1"));
        AssertAllGone(processes);
        Assert.False(node1.IsOn);
        Assert.Equal(2, await FenceAsync(lab, "action=status", "plug=node1"));
        Assert.Equal(0, await FenceAsync(lab, "action=off", "plug=node1"));
        Assert.Equal(0, await FenceAsync(lab, "action=status", "plug=node2"));

        Assert.Equal(0, await FenceAsync(lab, "action=on", "plug=node1"));
        Assert.Equal(0, await FenceAsync(lab, "action=status", "plug=node1"));
        Assert.True(node1.IsOn);
        Assert.Equal(0, await FenceAsync(lab, "action=reboot", "port=node1"));
        Assert.NotEqual(processes.First(p => p.PidInside == 1).Pid, node1.Processes().First(p => p.PidInside == 1).Pid);
    }

    [Fact]
    public async Task given_options_on_the_command_line_then_they_count_as_those_on_standard_input()
    {
        await using var lab = await ALabAsync();
        Assert.Equal(0, (await Tool.TryAsync(lab.FenceAgent, ["--action=status", "--plug=node1", $"--lab={Name}"], Cancel)).ExitCode);
        Assert.Equal(0, (await Tool.TryAsync(lab.FenceAgent, ["-o", "off", "-n", "node1", "--lab", Name], Cancel)).ExitCode);
        Assert.Equal(2, (await Tool.TryAsync(lab.FenceAgent, ["--action=status", "--plug=node1", $"--lab={Name}"], Cancel)).ExitCode);
        Assert.Equal("node1,\nnode2,\n", (await Tool.TryAsync(lab.FenceAgent, ["--action=list", $"--lab={Name}"], Cancel)).Output);
    }

    [Theory]
    [InlineData("has no host \"node9\"", "action=off", "plug=node9")]
    [InlineData("has no host \"storage\"", "action=off", "plug=storage")]
    [InlineData("has no host \"../../x\"", "action=off", "plug=../../x")]
    [InlineData("which host?", "action=off")]
    [InlineData("unknown action \"explode\"", "action=explode", "plug=node1")]
    [InlineData("there is no lab \"nowhere\"", "action=off", "plug=node1", "lab=nowhere")]
    public async Task given_a_wrong_request_then_it_fails_with_1_and_says_why(string why, params string[] lines)
    {
        await using var lab = await ALabAsync();
        var result = await Tool.TryAsync(lab.FenceAgent, [], Cancel, $"lab={Name}\n{string.Join('\n', lines)}\n");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(why, result.Error, StringComparison.Ordinal);
        Assert.All(lab.Hosts, h => Assert.True(h.IsOn));
    }

    [Fact]
    public async Task given_the_action_metadata_then_it_prints_a_resource_agent_that_names_its_actions()
    {
        await using var lab = await ALabAsync();
        var metadata = XDocument.Parse((await Tool.TryAsync(lab.FenceAgent, ["--action=metadata"], Cancel)).Output);
        Assert.Equal("fence_lab", metadata.Root!.Attribute("name")!.Value);
        Assert.Superset(new HashSet<string> { "on", "off", "status", "metadata" }, metadata.Descendants("action").Select(a => a.Attribute("name")!.Value).ToHashSet());
    }

    private static async Task<int> FenceAsync(Lab lab, params string[] lines) =>
        (await Tool.TryAsync(lab.FenceAgent, [], Cancel, string.Join('\n', [.. lines, $"lab={lab.Name}"]))).ExitCode;
}
