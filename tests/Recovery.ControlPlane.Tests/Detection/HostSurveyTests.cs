using Grpc.Core;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Detection;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Executors;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Detection;

/// <summary>Rounds of the survey, driven by hand, against executors behind real connections.</summary>
public class HostSurveyTests : IAsyncLifetime
{
    private static readonly Guid Web = Guid.Parse("11111111-1111-4111-8111-111111111111");
    private static readonly Guid Mail = Guid.Parse("22222222-2222-4222-8222-222222222222");

    private readonly TemporaryDatabase database = new();
    private readonly Clock time = new();
    private readonly LivenessBoard liveness = new(TimeProvider.System);
    private readonly ExecutorChannels channels = new(new RecoveryOptions());
    private readonly InventoryChanges changes = new();
    private readonly ReportRecorder recorder;
    private LoopbackExecutor executor = null!;
    private HostSurvey survey;

    public HostSurveyTests()
    {
        recorder = new ReportRecorder(database, liveness, new BelongingKeeper(), changes, TimeProvider.System, NullLogger<ReportRecorder>.Instance);
        survey = Survey();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        executor = await LoopbackExecutor.StartAsync();
        executor.Does.Survey = (request, _) => Task.FromResult(Answers(request, yes: true));
        var host = Some.Host("node1", executor.Address);
        host.CpuModel = "EPYC";
        await database.AddAsync(host, Wanting(Web, "<cpu mode='host-model'/>", "10.0.0.5"));
        liveness.Heard("node1", "");
    }

    public async ValueTask DisposeAsync()
    {
        survey.Dispose();
        recorder.Dispose();
        channels.Dispose();
        await executor.DisposeAsync();
        database.Dispose();
    }

    [Fact]
    public async Task Given_a_host_that_is_up_when_a_round_is_made_then_it_is_asked_everything_and_its_answers_are_kept()
    {
        await survey.RoundAsync(Cancel);

        var asked = Assert.Single(executor.Does.Surveys);
        var cpu = Assert.Single(asked.Cpus);
        Assert.Equal(("<cpu mode='host-model'/>", "kvm", "EPYC"), (cpu.CpuXml, cpu.DomainType, cpu.SourceCpuModel));
        Assert.Equal(("10.0.0.5", 3260u), (Assert.Single(asked.Portals).Host, asked.Portals[0].Port));
        Assert.Equal(["/usr/ovmf"], asked.FirmwarePaths);
        var kept = await KeptAsync();
        Assert.NotNull(kept.At);
        Assert.True(kept.Cpus[cpu.Id].Fits);
        Assert.True(kept.Backends["iscsi 10.0.0.5:3260"].Reachable);
        Assert.True(kept.Firmware["/usr/ovmf"]);
    }

    [Fact]
    public async Task Given_a_host_that_was_asked_then_it_is_asked_again_after_a_minute_or_when_a_question_is_new()
    {
        await survey.RoundAsync(Cancel);
        await survey.RoundAsync(Cancel);
        Assert.Single(executor.Does.Surveys);

        await recorder.RecordAsync(Wanting(Mail, "", "10.0.0.6"), Cancel);
        await survey.RoundAsync(Cancel);
        Assert.Equal(2, executor.Does.Surveys.Count);
        Assert.Equal(2, executor.Does.Surveys.Last().Portals.Count);

        // One question less is nothing new.
        await recorder.RecordGoneAsync("node1", Mail, Cancel);
        await survey.RoundAsync(Cancel);
        Assert.Equal(2, executor.Does.Surveys.Count);

        time.Pass(TimeSpan.FromSeconds(61));
        await survey.RoundAsync(Cancel);
        Assert.Equal(3, executor.Does.Surveys.Count);
    }

    [Fact]
    public async Task Given_a_host_that_no_longer_answers_then_its_old_answers_stay_also_for_the_next_process()
    {
        await survey.RoundAsync(Cancel);
        var before = await KeptAsync();
        executor.Does.Survey = (_, _) => throw new RpcException(new Status(StatusCode.Unavailable, "gone"));
        survey.Dispose();
        survey = Survey();

        await survey.RoundAsync(Cancel);

        Assert.Equal(2, executor.Does.Surveys.Count);
        var after = await KeptAsync();
        Assert.Equal((before.At, 1, 1, 1), (after.At, after.Cpus.Count, after.Backends.Count, after.Firmware.Count));
    }

    [Fact]
    public async Task Given_an_executor_of_before_the_survey_then_unknown_stays_unknown_and_it_is_not_asked_all_the_time()
    {
        executor.Does.Survey = (_, _) => throw new RpcException(new Status(StatusCode.Unimplemented, ""));

        await survey.RoundAsync(Cancel);
        await survey.RoundAsync(Cancel);

        Assert.Single(executor.Does.Surveys);
        Assert.Null((await KeptAsync()).At);
    }

    [Theory]
    [InlineData(false, "")]
    [InlineData(true, "libvirtd is away")]
    public async Task Given_a_host_that_is_not_up_then_it_is_not_asked(bool heard, string libvirtError)
    {
        liveness.Forget("node1");
        if (heard)
        {
            liveness.Heard("node1", libvirtError);
        }

        await survey.RoundAsync(Cancel);

        Assert.Empty(executor.Does.Surveys);
    }

    [Fact]
    public async Task Given_answers_when_things_change_then_what_is_not_answered_any_more_is_unknown_and_what_was_not_asked_is_not_believed()
    {
        await survey.RoundAsync(Cancel);
        executor.Does.Survey = (request, _) =>
        {
            var reply = Answers(request, yes: false);
            reply.Cpus.Clear();
            reply.Cpus.Add(new Proto.CpuAnswer { Id = "never asked", Fits = true });
            reply.Portals.Add(new Proto.PortalAnswer { Portal = new Proto.Portal { Host = "10.9.9.9", Port = 1 }, Reachable = true });
            reply.Portals.Add(new Proto.PortalAnswer());
            reply.Firmware.Add(new Proto.FirmwareAnswer { Path = "/etc/passwd", Exists = true });
            return Task.FromResult(reply);
        };
        time.Pass(TimeSpan.FromSeconds(61));

        await survey.RoundAsync(Cancel);

        var kept = await KeptAsync();
        Assert.Empty(kept.Cpus);
        Assert.Equal(new BackendReach(false, "refused"), Assert.Single(kept.Backends).Value);
        Assert.False(Assert.Single(kept.Firmware).Value);
    }

    [Fact]
    public async Task Given_answers_that_were_given_before_then_they_are_no_news_and_others_are()
    {
        await survey.RoundAsync(Cancel);
        var first = changes.Version;

        time.Pass(TimeSpan.FromSeconds(61));
        await survey.RoundAsync(Cancel);
        var repeated = changes.Version;

        executor.Does.Survey = (request, _) => Task.FromResult(Answers(request, yes: false));
        time.Pass(TimeSpan.FromSeconds(61));
        await survey.RoundAsync(Cancel);

        Assert.Equal((1L, 1L, 2L), (first, repeated, changes.Version));
    }

    private HostSurvey Survey() => new(
        database,
        new HostSurveyor(channels, TimeProvider.System, NullLogger<HostSurveyor>.Instance),
        liveness,
        changes,
        time,
        NullLogger<HostSurvey>.Instance);

    private Task<SurveyAnswers> KeptAsync() => database.ReadAsync(each => each.Hosts.Select(row => row.Survey).SingleAsync(Cancel));

    private static DomainRow Wanting(Guid uuid, string cpu, string portal)
    {
        var row = Some.Domain("node1", uuid);
        row.CpuXml = cpu;
        row.Requirements = new HostRequirements { DomainType = "kvm", Firmware = ["/usr/ovmf"] };
        row.Disks = [new Disk { Target = "vdb", Iscsi = new IscsiLun(portal, 3260, "iqn.x:y", 1) }, new Disk { Target = "vdc", Iscsi = new IscsiLun(portal, 3260, "iqn.x:y", 2) }];
        return row;
    }

    private static Proto.SurveyReply Answers(Proto.SurveyRequest request, bool yes) => new()
    {
        Cpus = { request.Cpus.Select(cpu => new Proto.CpuAnswer { Id = cpu.Id, Fits = yes }) },
        Portals = { request.Portals.Select(portal => new Proto.PortalAnswer { Portal = portal, Reachable = yes, Reason = yes ? "" : "refused" }) },
        Firmware = { request.FirmwarePaths.Select(path => new Proto.FirmwareAnswer { Path = path, Exists = yes }) },
    };

    private sealed class Clock : TimeProvider
    {
        private long ahead;

        public void Pass(TimeSpan time) => ahead += (long)(time.TotalSeconds * TimestampFrequency);

        public override long GetTimestamp() => base.GetTimestamp() + ahead;
    }
}
