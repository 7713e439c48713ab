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
            new StartDomainStep(new StartGate()), new StopDomainStep(), new UndefineDomainStep(autostart), new VerifyDomainStep(TimeProvider.System),
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
    public async Task Verify_fails_at_once_when_it_is_off_or_lacks_a_disk()
    {
        Define();
        Assert.Equal(ErrorCode.DomainNotRunning, (await Run(command => command.Verify = new VerifyDomain())).Code);
        await Run(command => command.Start = new StartDomain());
        Assert.Equal(ErrorCode.DiskMissing, (await Run(command => command.Verify = new VerifyDomain { DiskTargets = { "vdb" } })).Code);
    }

    private void Define() => LibvirtDomain.Define(session.Current, TestLibvirt.Domain(Instance, "a")).Dispose();

    private async Task<StepResult> Run(Action<StepCommand> action)
    {
        var command = new StepCommand
        {
            StepId = $"s{++steps}",
            Recovery = "r",
            Epoch = 1,
            Instance = Instance,
            TimeLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
        };
        action(command);
        StepResult? result = null;
        await foreach (var message in runner.Run(command, CancellationToken.None)) result = message.Result ?? result;
        return result!;
    }
}
