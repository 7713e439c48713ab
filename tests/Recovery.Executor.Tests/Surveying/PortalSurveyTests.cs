using System.Net;
using System.Net.Sockets;
using Recovery.Executor.Surveying;
using Recovery.Executor.Tests.Iscsi;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Surveying;

public sealed class PortalSurveyTests
{
    [Fact]
    public async Task A_portal_that_somebody_listens_on_is_reached_and_the_others_say_why_not()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var open = (uint)((IPEndPoint)listener.LocalEndpoint).Port;
        var answers = await PortalSurvey.Dial(
            [
                new Portal { Host = "127.0.0.1", Port = open },
                new Portal { Host = "127.0.0.1", Port = (uint)Target.FreePort() },
                new Portal { Host = "no-such-host.invalid", Port = 3260 },
                new Portal { Host = "127.0.0.1", Port = 0 },
                new Portal { Host = new string('x', 300), Port = 3260 },
            ],
            TestContext.Current.CancellationToken);
        Assert.Equal([true, false, false, false, false], answers.Select(answer => answer.Reachable));
        Assert.Equal("", answers[0].Reason);
        Assert.All(answers.Skip(1), answer => Assert.NotEqual("", answer.Reason));
        Assert.Equal(open, answers[0].Portal.Port);
    }

    [Fact]
    public async Task A_portal_that_swallows_every_word_is_given_up()
    {
        // Its queue of connections is full: the kernel drops what else knocks, as a firewall does.
        using var deaf = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        deaf.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        deaf.Listen(0);
        using var first = new TcpClient();
        await first.ConnectAsync((IPEndPoint)deaf.LocalEndPoint!, TestContext.Current.CancellationToken);

        var answer = Assert.Single(await PortalSurvey.Dial(
            [new Portal { Host = "127.0.0.1", Port = (uint)((IPEndPoint)deaf.LocalEndPoint!).Port }], TestContext.Current.CancellationToken));

        Assert.False(answer.Reachable);
        Assert.Contains("did not answer within", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Firmware_is_there_or_not()
    {
        var answers = await FirmwareSurvey.Look(
            ["/usr/bin/env", "/usr/bin/env", "/usr/share/no-such-firmware.fd", "usr/bin/env"], TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.Equal(
            [("/usr/bin/env", true), ("/usr/share/no-such-firmware.fd", false), ("usr/bin/env", false)],
            answers.Select(answer => (answer.Path, answer.Exists)));
    }
}
