using Recovery.Executor.Autostart;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Tests.Libvirt;

namespace Recovery.Executor.Tests.Autostart;

public sealed class AutostartCommandTests : IDisposable
{
    // Connections to this one share their domains within a process, as those to a libvirtd do.
    private const string Libvirt = "test:///default";
    private static readonly string Web = Guid.NewGuid().ToString("D");
    private static readonly string Gone = Guid.NewGuid().ToString("D");
    private readonly TemporaryDirectory directory = new();
    private readonly StringWriter output = new();
    private readonly StringWriter error = new();

    public AutostartCommandTests() => new AutostartFile(directory.Path).Change(_ =>
        [new AutostartWish(Web, "web", DateTimeOffset.UnixEpoch), new AutostartWish(Gone, "gone", DateTimeOffset.UnixEpoch)]);

    public void Dispose()
    {
        directory.Dispose();
        output.Dispose();
        error.Dispose();
    }

    [Theory]
    [InlineData]
    [InlineData("list")]
    public void It_lists_what_is_kept(params string[] words)
    {
        Assert.Equal(0, Run(words));
        Assert.Equal([$"{Gone}  gone  since 1970-01-01 00:00:00Z", $"{Web}  web  since 1970-01-01 00:00:00Z"], output.ToString().TrimEnd().Split('\n'));
    }

    [Fact]
    public void Given_back_libvirt_has_the_flags_and_nothing_is_kept()
    {
        using var connection = LibvirtConnection.Open(Libvirt, _ => { });
        using var web = LibvirtDomain.Define(connection, TestLibvirt.Domain(Web, $"web-{Web}"));
        Assert.Equal(0, Run("give-back"));
        Assert.True(web.Autostart());
        Assert.Empty(new AutostartFile(directory.Path).Read());
        Assert.Contains("gone  is not on this host any more", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(0, Run("give-back"));
        web.Undefine();
    }

    [Fact]
    public void While_an_executor_serves_nothing_is_given_back_since_it_would_take_it_again()
    {
        using (OperationLog.Open(directory.Path, TimeProvider.System)) Assert.Equal(1, Run("give-back"));
        Assert.Contains("Stop it", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, new AutostartFile(directory.Path).Read().Count);
    }

    [Fact]
    public void Without_libvirt_nothing_is_given_back_and_nothing_forgotten()
    {
        Assert.Equal(1, AutostartCommand.Run(
            ["give-back", $"--Executor:StateDirectory={directory.Path}", "--Executor:LibvirtUri=qemu+unix:///system?socket=/nonexistent/socket"], output, error));
        Assert.Equal(2, new AutostartFile(directory.Path).Read().Count);
        Assert.NotEmpty(error.ToString());
    }

    [Fact]
    public void One_is_dropped_by_its_name_or_its_UUID_and_who_is_not_there_is_named()
    {
        Assert.Equal(0, Run("drop", "web"));
        Assert.Equal(0, Run("drop", Gone.ToUpperInvariant()));
        Assert.Empty(new AutostartFile(directory.Path).Read());
        Assert.Equal(1, Run("drop", "web"));
        Assert.Contains("'web'", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("giveback")]
    [InlineData("list", "--Executor:Nonsense=1")]
    public void What_is_asked_wrongly_is_told_how(params string[] words)
    {
        Assert.Equal(2, Run(words));
        Assert.NotEmpty(error.ToString());
    }

    private int Run(params string[] words) => AutostartCommand.Run(
        [.. words.TakeWhile(word => word[0] != '-'), $"--Executor:StateDirectory={directory.Path}", $"--Executor:LibvirtUri={Libvirt}",
            .. words.SkipWhile(word => word[0] != '-')], output, error);
}
