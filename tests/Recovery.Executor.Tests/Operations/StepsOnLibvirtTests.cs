using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Autostart;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Executor.Tests.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

/// <summary>The steps against libvirt's own test driver: what is ours, what is not, and what is already so.</summary>
public sealed class StepsOnLibvirtTests : IAsyncLifetime
{
    private const string Instance = "11111111-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly TestLibvirt libvirt = new();
    private LibvirtSession session = null!;
    private OperationLog log = null!;
    private StepRunner runner = null!;
    private AutostartKeeper autostart = null!;
    private Action<LibvirtDomain> pingAgent = domain => domain.PingAgent(1);
    private int steps;

    public async ValueTask InitializeAsync()
    {
        session = await libvirt.Session();
        log = OperationLog.Open(directory.Path, TimeProvider.System);
        autostart = new AutostartKeeper(new AutostartFile(directory.Path), takesFlags: true, TimeProvider.System, NullLogger<AutostartKeeper>.Instance);
        IStep[] all =
        [
            new StartDomainStep(new StartGate(), TimeProvider.System), new StopDomainStep(), new UndefineDomainStep(autostart), new VerifyDomainStep(TimeProvider.System),
            new AwaitAgentStep(TimeProvider.System, domain => pingAgent(domain)),
        ];
        runner = new StepRunner(log, session, all, TimeProvider.System, NullLogger<StepRunner>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await session.StopAsync(CancellationToken.None);
        session.Dispose();
        log.Dispose();
        libvirt.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_start_is_a_success_when_it_runs_already_and_verify_sees_it_stay()
    {
        Define();
        Assert.Equal("started", (await Run(command => command.Start = new StartDomain())).Message);
        Assert.Equal("already running", (await Run(command => command.Start = new StartDomain())).Message);
        Assert.True((await Run(command => command.Verify = new VerifyDomain())).Succeeded);
    }

    [Fact]
    public async Task What_is_not_here_can_not_start_but_is_stopped_and_undefined()
    {
        Assert.Equal(ErrorCode.DomainNotFound, (await Run(command => command.Start = new StartDomain())).Code);
        Assert.True((await Run(command => command.Stop = new StopDomain())).Succeeded);
        Assert.True((await Run(command => command.Undefine = new UndefineDomain())).Succeeded);
    }

    [Fact]
    public async Task A_domain_that_this_recovery_did_not_define_is_neither_stopped_nor_undefined()
    {
        Define();
        await Run(command => command.Start = new StartDomain());
        Assert.Equal(ErrorCode.DomainNotOurs, (await Run(command => command.Stop = new StopDomain())).Code);
        Assert.Equal(ErrorCode.DomainNotOurs, (await Run(command => command.Undefine = new UndefineDomain())).Code);
        using var domain = LibvirtDomain.FindByUuid(session.Current, Instance)!;
        Assert.True(domain.IsActive());
    }

    [Fact]
    public async Task Ours_is_stopped_then_undefined_and_never_undefined_while_it_runs()
    {
        Define();
        log.Append(new Claimed(DateTimeOffset.UtcNow, "earlier", "r", Instance));
        await Run(command => command.Start = new StartDomain());
        Assert.Equal(ErrorCode.InvalidCommand, (await Run(command => command.Undefine = new UndefineDomain())).Code);
        Assert.Equal("stopped", (await Run(command => command.Stop = new StopDomain())).Message);
        Assert.Equal("already off", (await Run(command => command.Stop = new StopDomain())).Message);
        Assert.Equal("undefined", (await Run(command => command.Undefine = new UndefineDomain())).Message);
        Assert.Null(LibvirtDomain.FindByUuid(session.Current, Instance));
        Define();
        Assert.Equal(ErrorCode.DomainNotOurs, (await Run(command => command.Undefine = new UndefineDomain())).Code);
    }

    [Fact]
    public async Task A_stale_copy_is_undefined_whoever_defined_it_and_its_autostart_wish_goes_with_it()
    {
        Define();
        using (var domain = LibvirtDomain.FindByUuid(session.Current, Instance)!) domain.SetAutostart(true);
        Assert.True(autostart.Take(session.Current, Instance));
        log.Append(new Claimed(DateTimeOffset.UtcNow, "earlier", "another recovery", Instance));
        Assert.Equal("undefined", (await Run(command => command.Undefine = new UndefineDomain { Stale = true })).Message);
        Assert.Null(LibvirtDomain.FindByUuid(session.Current, Instance));
        Assert.Empty(new AutostartFile(directory.Path).Read());
        Assert.True((await Run(command => command.Undefine = new UndefineDomain { Stale = true })).Succeeded);
    }

    [Fact]
    public async Task A_stale_copy_that_is_active_is_an_alarm_and_stays_as_it_is()
    {
        Define();
        await Run(command => command.Start = new StartDomain());
        var result = await Run(command => command.Undefine = new UndefineDomain { Stale = true });
        Assert.Equal((ErrorCode.DomainRunning, false), (result.Code, result.RetryCanHelp));
        Assert.Contains("IS ACTIVE ON THIS HOST", result.Message, StringComparison.Ordinal);
        using var domain = LibvirtDomain.FindByUuid(session.Current, Instance)!;
        Assert.True(domain.IsActive() && domain.IsPersistent());
    }

    [Fact]
    public async Task An_agent_that_answers_at_last_is_waited_for()
    {
        Define(AgentChannel);
        await Run(command => command.Start = new StartDomain());
        var asked = 0;
        pingAgent = _ =>
        {
            if (++asked < 2) throw new LibvirtException(LibvirtErrorCode.AgentUnresponsive, 0, "not connected");
        };
        var result = await Run(command => command.AwaitAgent = new AwaitAgent());
        Assert.True(result.Succeeded, result.Message);
        Assert.Equal(2, asked);
    }

    [Fact]
    public async Task An_agent_that_never_answers_is_told_of_when_the_time_is_up_also_when_the_question_itself_hangs()
    {
        Define(AgentChannel);
        await Run(command => command.Start = new StartDomain());
        pingAgent = _ => throw new LibvirtException(LibvirtErrorCode.AgentUnresponsive, 0, "QEMU guest agent is not connected");
        var silent = await Run(command => command.AwaitAgent = new AwaitAgent(), seconds: 1.5);
        Assert.Equal((ErrorCode.AgentSilent, false), (silent.Code, silent.RetryCanHelp));
        Assert.Contains("QEMU guest agent is not connected", silent.Message, StringComparison.Ordinal);
        Assert.Contains("the guest itself runs", silent.Message, StringComparison.Ordinal);

        pingAgent = _ => Thread.Sleep(3000);
        Assert.Equal(ErrorCode.AgentSilent, (await Run(command => command.AwaitAgent = new AwaitAgent(), seconds: 0.5)).Code);
    }

    [Fact]
    public async Task Without_a_channel_to_an_agent_or_without_a_running_guest_there_is_nobody_to_wait_for()
    {
        Define();
        Assert.Equal(ErrorCode.DomainNotRunning, (await Run(command => command.AwaitAgent = new AwaitAgent())).Code);
        await Run(command => command.Start = new StartDomain());
        var result = await Run(command => command.AwaitAgent = new AwaitAgent());
        Assert.Equal((ErrorCode.AgentSilent, false), (result.Code, result.RetryCanHelp));
        Assert.Contains("no channel to a guest agent", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_need_not_wait_until_the_patience_with_an_agent_is_over()
    {
        Define(AgentChannel);
        log.Append(new Claimed(DateTimeOffset.UtcNow, "earlier", "r", Instance));
        await Run(command => command.Start = new StartDomain());
        pingAgent = _ => throw new LibvirtException(LibvirtErrorCode.AgentUnresponsive, 0, "not connected");
        var waiting = Run(command => command.AwaitAgent = new AwaitAgent(), seconds: 60);
        await Task.Delay(200, TestContext.Current.CancellationToken);
        Assert.Equal("stopped", (await Run(command => command.Stop = new StopDomain())).Message);
        Assert.Equal(ErrorCode.DomainNotRunning, (await waiting).Code);
    }

    [Fact]
    public async Task Verify_fails_at_once_when_it_is_off_or_lacks_a_disk()
    {
        Define();
        Assert.Equal(ErrorCode.DomainNotRunning, (await Run(command => command.Verify = new VerifyDomain())).Code);
        await Run(command => command.Start = new StartDomain());
        Assert.Equal(ErrorCode.DiskMissing, (await Run(command => command.Verify = new VerifyDomain { DiskTargets = { "vdb" } })).Code);
    }

    private const string AgentChannel = "<devices><channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel></devices>";

    private void Define(string more = "") =>
        LibvirtDomain.Define(session.Current, TestLibvirt.Domain(Instance, "a").Replace("</domain>", $"{more}</domain>", StringComparison.Ordinal)).Dispose();

    private async Task<StepResult> Run(Action<StepCommand> action, double seconds = 10)
    {
        var command = new StepCommand
        {
            StepId = $"s{++steps}",
            Recovery = "r",
            Epoch = 1,
            Instance = Instance,
            TimeLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(seconds)),
        };
        action(command);
        StepResult? result = null;
        await foreach (var message in runner.Run(command, CancellationToken.None)) result = message.Result ?? result;
        return result!;
    }
}
