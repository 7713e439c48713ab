using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Autostart;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Tests.Libvirt;

namespace Recovery.Executor.Tests.Autostart;

/// <summary>A wish is in libvirt, in our file, or in both; never in neither.</summary>
public sealed class AutostartKeeperTests : IDisposable
{
    private const string Web = "11111111-2222-4333-8444-555555555555";
    private const string Mail = "22222222-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly TestLibvirt libvirt = new();
    private readonly LibvirtConnection connection;

    public AutostartKeeperTests()
    {
        connection = LibvirtConnection.Open(libvirt.Uri, _ => { });
        LibvirtDomain.Define(connection, TestLibvirt.Domain(Web, "web")).Dispose();
    }

    private string State => directory["state"];

    public void Dispose()
    {
        connection.Dispose();
        libvirt.Dispose();
        directory.Dispose();
    }

    [Fact]
    public void A_flag_is_taken_from_libvirt_and_kept_on_disk()
    {
        Flag(Web);
        Assert.True(Keeper().Take(connection, Web));
        Assert.False(IsFlagged(Web));
        Assert.Equal((Web, "web"), Assert.Single(Kept()) is var wish ? (wish.Uuid, wish.Name) : default);
        var restarted = Keeper();
        restarted.Refresh();
        Assert.True(restarted.Keeps(Web));
    }

    [Fact]
    public void What_is_not_flagged_or_not_here_is_no_wish()
    {
        Assert.True(Keeper().Take(connection, Web));
        Assert.True(Keeper().Take(connection, Mail));
        Assert.Empty(Kept());
    }

    [Fact]
    public void While_the_wish_can_not_be_written_libvirt_keeps_its_flag()
    {
        Flag(Web);
        File.WriteAllText(State, "a file where the directory should be");
        Assert.False(Keeper().Take(connection, Web));
        Assert.True(IsFlagged(Web));
    }

    [Fact]
    public void After_a_crash_between_the_wish_and_the_flag_the_flag_is_taken_and_the_wish_is_one()
    {
        var since = DateTimeOffset.UnixEpoch;
        new AutostartFile(State).Change(_ => [new AutostartWish(Web, "web", since)]);
        Flag(Web);
        Assert.True(Keeper().Take(connection, Web));
        Assert.False(IsFlagged(Web));
        Assert.Equal(since, Assert.Single(Kept()).Since);
    }

    [Fact]
    public void Told_not_to_it_touches_no_flag_and_forgets_no_wish_that_it_kept_before()
    {
        new AutostartFile(State).Change(_ => [new AutostartWish(Mail, "mail", DateTimeOffset.UnixEpoch)]);
        Flag(Web);
        var keeper = Keeper(takesFlags: false);
        keeper.Refresh();
        Assert.False(keeper.Take(connection, Web));
        Assert.True(IsFlagged(Web));
        Assert.True(keeper.Keeps(Mail));
    }

    [Fact]
    public void A_wish_goes_with_its_domain_and_stays_when_libvirt_has_lost_them_all()
    {
        new AutostartFile(State).Change(_ => [new AutostartWish(Web, "web", DateTimeOffset.UnixEpoch), new AutostartWish(Mail, "mail", DateTimeOffset.UnixEpoch)]);
        var keeper = Keeper();
        keeper.Refresh();
        keeper.ForgetAllBut([]);
        Assert.Equal(2, Kept().Count);
        keeper.ForgetAllBut([Web]);
        Assert.Equal(["web"], Kept().Select(wish => wish.Name));
        Assert.False(keeper.Keeps(Mail));
        keeper.Forget(Mail);
        keeper.Forget(Web);
        Assert.Empty(Kept());
    }

    [Fact]
    public void A_damaged_file_is_left_as_it_is_and_libvirt_keeps_its_flags()
    {
        Directory.CreateDirectory(State);
        File.WriteAllText(Path.Combine(State, AutostartFile.Name), "[{\"uuid\":");
        Flag(Web);
        var keeper = Keeper();
        keeper.Refresh();
        Assert.False(keeper.Take(connection, Web));
        Assert.True(IsFlagged(Web));
        Assert.Equal("[{\"uuid\":", File.ReadAllText(Path.Combine(State, AutostartFile.Name)));
        Assert.Contains("damaged", Assert.Throws<AutostartFileException>(() => Kept()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_dropped_by_the_command_is_dropped_for_the_executor_that_serves()
    {
        Flag(Web);
        var keeper = Keeper();
        keeper.Take(connection, Web);
        Assert.Equal(0, AutostartCommand.Run(["drop", "web", $"--Executor:StateDirectory={State}"], TextWriter.Null, TextWriter.Null));
        keeper.Refresh();
        Assert.False(keeper.Keeps(Web));
    }

    private AutostartKeeper Keeper(bool takesFlags = true) =>
        new(new AutostartFile(State), takesFlags, TimeProvider.System, NullLogger<AutostartKeeper>.Instance);

    private IReadOnlyList<AutostartWish> Kept() => new AutostartFile(State).Read();

    private void Flag(string uuid)
    {
        using var domain = LibvirtDomain.FindByUuid(connection, uuid)!;
        domain.SetAutostart(true);
    }

    private bool IsFlagged(string uuid)
    {
        using var domain = LibvirtDomain.FindByUuid(connection, uuid)!;
        return domain.Autostart();
    }
}
