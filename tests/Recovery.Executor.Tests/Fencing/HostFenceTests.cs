using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Autostart;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Tests.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Fencing;

/// <summary>The host fences itself: libvirt's test driver for what libvirt has, stand-ins for QEMU's processes.</summary>
public sealed class HostFenceTests : IAsyncLifetime
{
    private const string Web = "11111111-2222-4333-8444-555555555555";
    private const string Mail = "22222222-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly TestLibvirt libvirt = new();
    private readonly StandInGuests guests = new();
    private readonly FencedGuests fenced = new();
    private readonly StartGate starts = new();
    private LibvirtSession session = null!;
    private OperationLog log = null!;
    private StepRunner runner = null!;
    private HostFence fence = null!;

    public async ValueTask InitializeAsync()
    {
        session = await libvirt.Session();
        log = OperationLog.Open(directory.Path, TimeProvider.System);
        runner = new StepRunner(log, session, [], TimeProvider.System, NullLogger<StepRunner>.Instance);
        fence = Fence(session);
    }

    public async ValueTask DisposeAsync()
    {
        fence.Dispose();
        await session.StopAsync(CancellationToken.None);
        session.Dispose();
        log.Dispose();
        guests.Dispose();
        libvirt.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task What_libvirt_has_is_ended_and_seen_off_and_asking_twice_is_asking_once()
    {
        Define(Web, "web", isRunning: true);
        Define(Mail, "mail", isRunning: false);
        var first = await fence.EndEverything(Request());
        Assert.True(first.Confirmed, first.Message);
        Assert.Equal(["web"], first.Ended);
        Assert.False(IsActive(Web));
        Assert.True(fenced.Contains(Web));
        Assert.False(fenced.Contains(Mail));

        var second = await fence.EndEverything(Request(epoch: 2));
        Assert.Equal((true, "web"), (second.Confirmed, Assert.Single(second.Ended)));
        Assert.Empty((await fence.EndEverything(Request("another"))).Ended);
    }

    [Fact]
    public async Task A_process_that_libvirt_knows_nothing_of_is_killed_too()
    {
        var process = guests.Start("qemu-system-x86_64", "web", Web);
        await Tool.Until(() => new GuestProcesses(guests.Proc).Find().Count == 1, "it is seen");
        var reply = await fence.EndEverything(Request());
        Assert.True(reply.Confirmed, reply.Message);
        Assert.Equal(["web"], reply.Ended);
        Assert.True(process.HasExited);
        Assert.True(fenced.Contains(Web));
    }

    [Fact]
    public async Task Without_libvirt_QEMU_is_killed_all_the_same()
    {
        using var away = new LibvirtSession("test:///default", TimeProvider.System, NullLogger<LibvirtSession>.Instance);
        using var alone = Fence(away);
        var process = guests.Start("qemu-system-x86_64", "web", Web);
        await Tool.Until(() => new GuestProcesses(guests.Proc).Find().Count == 1, "it is seen");
        var reply = await alone.EndEverything(Request());
        Assert.True(reply.Confirmed, reply.Message);
        Assert.True(process.HasExited);
        Assert.Contains("libvirt could not be asked", reply.Message, StringComparison.Ordinal);
        Assert.True((await alone.EndEverything(Request())).Confirmed);
    }

    // In a container without the host's processes nothing is seen, and that proves nothing.
    [Fact]
    public async Task Without_libvirt_and_without_ever_having_seen_a_process_nothing_is_confirmed()
    {
        using var away = new LibvirtSession("test:///default", TimeProvider.System, NullLogger<LibvirtSession>.Instance);
        using var blind = new HostFence(runner, away, Keeper(true), starts, fenced, TimeProvider.System, NullLogger<HostFence>.Instance)
        {
            Processes = new GuestProcesses(Directory.CreateDirectory(directory["empty"]).FullName),
        };
        var reply = await blind.EndEverything(Request());
        Assert.False(reply.Confirmed);
        Assert.Contains("PID namespace", reply.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_only_looks_like_a_guest_is_left_alone_and_named_and_nothing_is_confirmed()
    {
        var process = guests.Start("my-emulator", "web", Web);
        await Tool.Until(() => new GuestProcesses(guests.Proc).Find().Count == 1, "it is seen");
        var reply = await fence.EndEverything(Request());
        Assert.False(reply.Confirmed);
        Assert.Contains($"web (process {process.Id}, my-emulator)", reply.Message, StringComparison.Ordinal);
        Assert.Empty(reply.Ended);
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task An_outdated_driver_ends_nothing()
    {
        Define(Web, "web", isRunning: true);
        await fence.EndEverything(Request("r", 7));
        Start(Web);
        var refused = await Assert.ThrowsAsync<StepFailure>(() => fence.EndEverything(Request("r", 6)));
        Assert.Equal(ErrorCode.StaleEpoch, refused.Code);
        Assert.True(IsActive(Web));
        Assert.True((await fence.EndEverything(Request("another", 1))).Confirmed);
    }

    [Fact]
    public async Task Asked_for_an_order_that_never_arrived_it_ends_nothing_and_refuses_that_order_if_it_comes_yet()
    {
        Define(Web, "web", isRunning: true);
        var asked = await fence.EndEverything(Question("r", 7));
        Assert.Equal((false, false), (asked.Begun, asked.Confirmed));

        var late = await Assert.ThrowsAsync<StepFailure>(() => fence.EndEverything(Request("r", 7)));
        Assert.Equal(ErrorCode.InvalidCommand, late.Code);
        Assert.Contains("withdrawn", late.Message, StringComparison.Ordinal);
        Assert.True(IsActive(Web));
        Assert.True((await fence.EndEverything(Request("r", 8))).Confirmed);
    }

    [Fact]
    public async Task What_was_withdrawn_stays_withdrawn_over_a_restart()
    {
        await fence.EndEverything(Question("r", 7));
        log.Dispose();
        log = OperationLog.Open(directory.Path, TimeProvider.System);
        Assert.Equal((7ul, 7ul, false), (log.Epoch("r"), log.Fence("r").WithdrawnUpTo, log.Fence("r").Begun));
    }

    [Fact]
    public async Task Asked_for_an_order_that_was_broken_off_it_carries_it_to_its_end()
    {
        Define(Web, "web", isRunning: true);
        runner.BeginFence("r", 7, ["web"]); // and then the executor died
        var asked = await fence.EndEverything(Question("r", 7));
        Assert.Equal((true, true, "web"), (asked.Begun, asked.Confirmed, Assert.Single(asked.Ended)));
        Assert.False(IsActive(Web));
    }

    [Fact]
    public async Task Asked_for_an_order_that_was_obeyed_it_says_so_and_leaves_alone_what_somebody_started_since()
    {
        Define(Web, "web", isRunning: true);
        await fence.EndEverything(Request("r", 7));
        var asked = await fence.EndEverything(Question("r", 8));
        Assert.Equal((true, true, "web"), (asked.Begun, asked.Confirmed, Assert.Single(asked.Ended)));

        Start(Web);
        asked = await fence.EndEverything(Question("r", 8));
        Assert.Equal((true, false), (asked.Begun, asked.Confirmed));
        Assert.Contains("web was started here since, and left alone", asked.Message, StringComparison.Ordinal);
        Assert.True(IsActive(Web));
    }

    [Fact]
    public async Task An_outdated_driver_can_not_even_ask()
    {
        await fence.EndEverything(Request("r", 7));
        Assert.Equal(ErrorCode.StaleEpoch, (await Assert.ThrowsAsync<StepFailure>(() => fence.EndEverything(Question("r", 6)))).Code);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("r", 0)]
    public async Task A_malformed_request_ends_nothing(string recovery, ulong epoch)
    {
        Define(Web, "web", isRunning: true);
        Assert.Equal(ErrorCode.InvalidCommand, (await Assert.ThrowsAsync<StepFailure>(() => fence.EndEverything(Request(recovery, epoch)))).Code);
        Assert.True(IsActive(Web));
    }

    [Fact]
    public async Task The_log_knows_of_it_before_anything_ends_and_when_it_can_not_be_written_nothing_does()
    {
        Define(Web, "web", isRunning: true);
        log.Dispose(); // as a disk that takes no more
        await Assert.ThrowsAnyAsync<Exception>(() => fence.EndEverything(Request()));
        Assert.True(IsActive(Web));
    }

    [Fact]
    public async Task After_a_restart_the_log_still_knows_the_epoch_and_whom_it_ended()
    {
        Define(Web, "web", isRunning: true);
        await fence.EndEverything(Request("r", 7));
        log.Dispose();
        log = OperationLog.Open(directory.Path, TimeProvider.System);
        Assert.Equal((7ul, "web"), (log.Epoch("r"), Assert.Single(log.Fence("r").Guests)));
    }

    [Fact]
    public async Task What_would_start_a_guest_is_taken_and_where_it_must_not_be_nothing_is_confirmed()
    {
        Define(Web, "web", isRunning: true, isFlagged: true);
        using var withoutKeeping = Fence(session, takesFlags: false);
        var reply = await withoutKeeping.EndEverything(Request());
        Assert.False(reply.Confirmed);
        Assert.Contains("KeepAutostart is false", reply.Message, StringComparison.Ordinal);
        Assert.Equal(["web"], reply.Ended);

        Assert.True((await fence.EndEverything(Request())).Confirmed);
        using var domain = LibvirtDomain.FindByUuid(session.Current, Web)!;
        Assert.False(domain.Autostart());
        Assert.Equal("web", Assert.Single(new AutostartFile(directory.Path).Read()).Name);
    }

    [Fact]
    public async Task A_start_under_way_is_waited_for_and_none_begins_meanwhile()
    {
        var start = starts.Enter();
        var fencing = fence.EndEverything(Request());
        await Tool.Until(() => IsClosed(), "no start begins");
        await Task.Delay(300, TestContext.Current.CancellationToken);
        Assert.False(fencing.IsCompleted);
        start.Dispose();
        Assert.True((await fencing).Confirmed);
        starts.Enter().Dispose();

        bool IsClosed()
        {
            try
            {
                starts.Enter().Dispose();
                return false;
            }
            catch (StepFailure refused)
            {
                return refused.RetryCanHelp;
            }
        }
    }

    private HostFence Fence(LibvirtSession with, bool takesFlags = true) =>
        new(runner, with, Keeper(takesFlags), starts, fenced, TimeProvider.System, NullLogger<HostFence>.Instance) { Processes = new GuestProcesses(guests.Proc) };

    private AutostartKeeper Keeper(bool takesFlags) =>
        new(new AutostartFile(directory.Path), takesFlags, TimeProvider.System, NullLogger<AutostartKeeper>.Instance);

    private static FenceRequest Request(string recovery = "r", ulong epoch = 1) => new() { Recovery = recovery, Epoch = epoch };

    private static FenceRequest Question(string recovery, ulong epoch) => new() { Recovery = recovery, Epoch = epoch, OnlyIfBegun = true };

    private void Define(string uuid, string name, bool isRunning, bool isFlagged = false)
    {
        using var domain = LibvirtDomain.Define(session.Current, TestLibvirt.Domain(uuid, name));
        if (isFlagged) domain.SetAutostart(true);
        if (isRunning) domain.Start(paused: false);
    }

    private void Start(string uuid)
    {
        using var domain = LibvirtDomain.FindByUuid(session.Current, uuid)!;
        domain.Start(paused: false);
    }

    private bool IsActive(string uuid)
    {
        using var domain = LibvirtDomain.FindByUuid(session.Current, uuid)!;
        return domain.IsActive();
    }
}
