using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

/// <summary>A real Linux bridge of this machine; Open vSwitch is a program on the PATH that writes down what it is told.</summary>
public sealed class PlugPortsTests : IDisposable
{
    private const string Instance = "11111111-2222-4333-8444-555555555555";
    private const string PortId = "761e7e6a-965c-4777-b205-577983785168";
    private readonly TemporaryDirectory directory = new();
    private readonly string? path = Environment.GetEnvironmentVariable("PATH");

    public void Dispose()
    {
        Environment.SetEnvironmentVariable("PATH", path);
        directory.Dispose();
    }

    [Fact]
    public async Task An_Open_vSwitch_port_tells_whose_it_is()
    {
        StandIn("");
        Assert.Equal("1 port plugged", (await PlugPortsStep.Plug(Instance, [SwitchPort()], TestContext.Current.CancellationToken)).Message);
        Assert.Equal(
            $"--timeout=30 -- --may-exist add-port br-int tap761e7e6a-96 -- set Interface tap761e7e6a-96 external_ids:iface-id={PortId} "
            + $"external_ids:iface-status=active external_ids:attached-mac=\"fa:16:3e:34:8c:53\" external_ids:vm-uuid={Instance} mtu_request=1450", Assert.Single(Calls()));
    }

    [Theory]
    [InlineData("tap761e7e6a-96", 2, "1 port unplugged")]
    [InlineData("", 1, "0 ports unplugged")]
    public async Task Only_a_port_that_is_still_the_instances_own_is_taken_back(string found, int calls, string message)
    {
        StandIn(found);
        Assert.Equal(message, (await UnplugPortsStep.Unplug(Instance, [SwitchPort()], TestContext.Current.CancellationToken)).Message);
        Assert.Equal(calls, Calls().Length);
        if (calls == 2) Assert.Equal("--timeout=30 -- --if-exists del-port br-int tap761e7e6a-96", Calls()[1]);
    }

    [Fact]
    public async Task A_switch_that_refuses_is_a_failure_in_its_own_words()
    {
        StandIn("", "echo 'no bridge named br-int' >&2; exit 1");
        var failure = await Assert.ThrowsAsync<StepFailure>(() => PlugPortsStep.Plug(Instance, [SwitchPort()], TestContext.Current.CancellationToken));
        Assert.Equal((ErrorCode.PlugFailed, true), (failure.Code, failure.RetryCanHelp));
        Assert.Contains("no bridge named br-int", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_Linux_bridge_is_made_once_and_said()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root can make a bridge");
        var name = $"brq{Guid.NewGuid():N}"[..14];
        var port = new Port { Id = PortId, Kind = PortKind.LinuxBridge, Bridge = name, Tap = "tap761e7e6a-96", Mac = "fa:16:3e:34:8c:53", Mtu = 1450 };
        try
        {
            var first = await PlugPortsStep.Plug(Instance, [port], TestContext.Current.CancellationToken);
            Assert.Contains(name, Assert.Single(first.Changes), StringComparison.Ordinal);
            Assert.True(Directory.Exists($"/sys/class/net/{name}/bridge"));
            Assert.Equal("1450", (await File.ReadAllTextAsync($"/sys/class/net/{name}/mtu", TestContext.Current.CancellationToken)).Trim());
            Assert.Empty((await PlugPortsStep.Plug(Instance, [port], TestContext.Current.CancellationToken)).Changes);
        }
        finally
        {
            if (Directory.Exists($"/sys/class/net/{name}")) Tool.Run("ip", "link", "delete", name);
        }
    }

    private static Port SwitchPort() => new()
    {
        Id = PortId,
        Kind = PortKind.OpenVswitch,
        Bridge = "br-int",
        Tap = "tap761e7e6a-96",
        Mac = "fa:16:3e:34:8c:53",
        Mtu = 1450,
    };

    private string[] Calls() => File.ReadAllLines(directory["calls"]);

    private void StandIn(string prints, string more = "")
    {
        File.WriteAllText(directory["ovs-vsctl"], $"#!/bin/sh\necho \"$*\" >> {directory["calls"]}\necho '{prints}'\n{more}\n");
        File.SetUnixFileMode(directory["ovs-vsctl"], UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Environment.SetEnvironmentVariable("PATH", $"{directory.Path}:{path}");
    }
}
