using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Recovery.Executor.Iscsi;

namespace Recovery.Executor.Tests.Iscsi;

/// <summary>A real tgtd on loopback, with its own control port, for all tests of this class.</summary>
public sealed class Target : IAsyncLifetime
{
    public const string Name = "iqn.2026-01.test.recovery:probe";
    public const string User = "chap-user", Password = "chap-password-1";
    private readonly TemporaryDirectory directory = new();
    private readonly string control = (200 + Environment.ProcessId % 20000).ToString(System.Globalization.CultureInfo.InvariantCulture);
    private Process? daemon;

    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        Port = FreePort();
        daemon = Tool.Begin("tgtd", "-f", "-C", control, "--iscsi", $"portal=127.0.0.1:{Port}");
        await Tool.Until(Listens, "tgtd listens");
        using (var file = File.Create(directory["lun"])) file.SetLength(16 << 20);
        Admin("--op", "new", "--mode", "target", "--tid", "1", "-T", Name);
        Admin("--op", "new", "--mode", "logicalunit", "--tid", "1", "--lun", "1", "-b", directory["lun"]);
        Admin("--op", "new", "--mode", "account", "--user", User, "--password", Password);
        Admin("--op", "bind", "--mode", "account", "--tid", "1", "--user", User);
        Admin("--op", "bind", "--mode", "target", "--tid", "1", "-I", "ALL");
    }

    public ValueTask DisposeAsync()
    {
        if (daemon is not null) Tool.End(daemon);
        directory.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private bool Listens()
    {
        using var client = new TcpClient();
        try
        {
            client.Connect(IPAddress.Loopback, Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Admin(params string[] arguments) => Tool.Run("tgtadm", ["-C", control, "--lld", "iscsi", .. arguments]);
}

public sealed class IscsiProbeTests(Target target) : IClassFixture<Target>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task A_login_with_CHAP_sees_the_size_of_the_logical_unit() => Assert.Equal(16ul << 20, await Size(Lun()));

    [Fact]
    public async Task The_session_is_gone_afterwards_so_that_a_hundred_probes_leave_nothing()
    {
        for (var i = 0; i < 100; i++) await Size(Lun());
    }

    [Fact]
    public async Task A_wrong_password_is_a_refused_login_and_never_in_the_sentence()
    {
        var refused = await Fails(Lun() with { ChapPassword = "wrong-password" });
        Assert.Equal((IscsiFault.LoginRefused, false), (refused.Fault, refused.RetryCanHelp));
        Assert.DoesNotContain("wrong-password", refused.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-password", (Lun() with { ChapPassword = "wrong-password" }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_CHAP_where_it_is_wanted_is_a_refused_login() =>
        Assert.Equal(IscsiFault.LoginRefused, (await Fails(Lun() with { ChapUsername = "", ChapPassword = "" })).Fault);

    [Fact]
    public async Task A_logical_unit_that_is_not_there_is_missing() =>
        Assert.Equal(IscsiFault.LunMissing, (await Fails(Lun() with { Lun = 7 })).Fault);

    [Fact]
    public async Task A_target_that_is_not_there_is_missing() =>
        Assert.Equal(IscsiFault.LunMissing, (await Fails(Lun() with { TargetName = "iqn.2026-01.test.recovery:other" })).Fault);

    [Fact]
    public async Task A_closed_port_is_unreachable_and_the_kernel_says_why()
    {
        var closed = await Fails(Lun() with { Portal = new IscsiPortal("127.0.0.1", Target.FreePort()) });
        Assert.Equal((IscsiFault.PortalUnreachable, true), (closed.Fault, closed.RetryCanHelp));
        Assert.Contains("refused", closed.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_portal_that_accepts_and_says_nothing_is_unreachable_after_our_patience()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var watch = Stopwatch.StartNew();
        var mute = Lun() with { Portal = new IscsiPortal("127.0.0.1", ((IPEndPoint)silent.LocalEndpoint).Port) };
        var failure = await Assert.ThrowsAsync<IscsiException>(() => IscsiProbe.Size(mute, TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.Equal(IscsiFault.PortalUnreachable, failure.Fault);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(4));
    }

    private IscsiTarget Lun() => new(new IscsiPortal("127.0.0.1", target.Port), Target.Name, 1, "iqn.2026-01.test:initiator", Target.User, Target.Password);

    private static Task<ulong> Size(IscsiTarget lun) => IscsiProbe.Size(lun, Patience, CancellationToken.None);

    private static Task<IscsiException> Fails(IscsiTarget lun) => Assert.ThrowsAsync<IscsiException>(() => Size(lun));
}
