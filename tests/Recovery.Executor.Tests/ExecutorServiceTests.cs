using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Recovery.Executor.Tests.Libvirt;
using Recovery.Protocol.V1;
using Client = Recovery.Protocol.V1.Executor.ExecutorClient;

namespace Recovery.Executor.Tests;

public sealed class ExecutorServiceTests : IDisposable
{
    private const string Instance = "11111111-2222-4333-8444-555555555555";
    private const string Other = "22222222-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly TestLibvirt libvirt = new();

    public void Dispose()
    {
        libvirt.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_watcher_gets_the_report_then_beats_and_so_does_a_second_one()
    {
        var pool = directory.Storage("pool", "pool-a");
        using var executor = await ExecutorProcess.Start(directory["state"], "test:///default", $"Storages:0={pool}");
        using var channel = executor.Channel();
        var both = await Task.WhenAll(Whole(channel), Whole(channel));
        Assert.All(both, report => Assert.Equal(("node1", "pool-a", "test"), (report.Host, report.Storages[0].Id, report.Domains[0].Name)));
        Assert.Equal(both[0].ExecutorRun, both[1].ExecutorRun);
    }

    [Fact]
    public async Task Without_libvirt_the_report_says_so_and_the_beats_go_on()
    {
        using var executor = await ExecutorProcess.Start(directory["state"], "qemu+unix:///system?socket=/nonexistent/socket");
        using var channel = executor.Channel();
        using var call = new Client(channel).Watch(new WatchRequest(), deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: TestContext.Current.CancellationToken);
        var beats = 0;
        await foreach (var message in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            Assert.NotEmpty(message.Report?.LibvirtError ?? message.Heartbeat?.LibvirtError ?? "");
            if (message.Heartbeat is not null && ++beats == 2) return;
        }
    }

    [Fact]
    public async Task A_step_is_remembered_over_kill_9()
    {
        using (var executor = await ExecutorProcess.Start(directory["state"], "test:///default"))
        {
            Assert.Equal(ErrorCode.DomainNotFound, (await Run(executor, "s1", 2)).Code);
            executor.Kill();
        }
        using var again = await ExecutorProcess.Start(directory["state"], "test:///default");
        Assert.True((await Run(again, "s1", 2)) is { Code: ErrorCode.DomainNotFound, Replayed: true });
        Assert.Equal(ErrorCode.StaleEpoch, (await Run(again, "s2", 1)).Code);
    }

    [Fact]
    public async Task The_boot_is_the_same_over_kill_9_and_another_when_the_runtime_directory_was_cleared()
    {
        var boots = new List<string>();
        foreach (var isCleared in new[] { false, false, true })
        {
            if (isCleared) Directory.Delete(directory["state/run"], recursive: true);
            using var executor = await ExecutorProcess.Start(directory["state"], "test:///default");
            using var channel = executor.Channel();
            boots.Add((await Whole(channel)).Boot);
            executor.Kill();
        }
        Assert.True(boots[0].Length > 0 && boots[0] == boots[1] && boots[1] != boots[2], string.Join(' ', boots));
    }

    // Only such as are refused: this executor sees the machine's own processes.
    [Theory]
    [InlineData("r", 1, StatusCode.FailedPrecondition)]
    [InlineData("r", 0, StatusCode.InvalidArgument)]
    public async Task An_outdated_or_malformed_wish_to_fence_is_refused(string recovery, ulong epoch, StatusCode expected)
    {
        using var executor = await ExecutorProcess.Start(directory["state"], "test:///default");
        await Run(executor, "s1", 2);
        using var channel = executor.Channel();
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await new Client(channel).FenceAsync(
            new FenceRequest { Recovery = recovery, Epoch = epoch }, cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(expected, refused.StatusCode);
    }

    [Fact]
    public async Task A_damaged_file_of_kept_autostart_flags_stops_the_start_with_one_clear_sentence()
    {
        Directory.CreateDirectory(directory["state"]);
        await File.WriteAllTextAsync(directory["state/autostart.json"], "rubbish", TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ExecutorProcess.Start(directory["state"], "test:///default"));
        Assert.Contains("flag those guests again", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_preview_of_what_is_no_definition_of_this_instance_is_refused()
    {
        using var executor = await ExecutorProcess.Start(directory["state"], "test:///default");
        using var channel = executor.Channel();
        foreach (var definition in new[] { "", "<domain/>", TestLibvirt.Domain(Other, "a") })
        {
            var malformed = await Assert.ThrowsAsync<RpcException>(async () => await new Client(channel).PreviewAsync(
                new PreviewRequest { Instance = Instance, Define = new DefineDomain { Definition = definition } },
                cancellationToken: TestContext.Current.CancellationToken));
            Assert.Equal(StatusCode.InvalidArgument, malformed.StatusCode);
        }
    }

    [Fact]
    public async Task Without_libvirt_a_preview_says_why_there_is_none_and_the_survey_still_dials()
    {
        using var executor = await ExecutorProcess.Start(directory["state"], "qemu+unix:///system?socket=/nonexistent/socket");
        using var channel = executor.Channel();
        var client = new Client(channel);
        var away = await Assert.ThrowsAsync<RpcException>(async () => await client.PreviewAsync(
            new PreviewRequest { Instance = Instance, Define = new DefineDomain { Definition = TestLibvirt.Domain(Instance, "a") } },
            cancellationToken: TestContext.Current.CancellationToken));
        Assert.Equal(StatusCode.FailedPrecondition, away.StatusCode);

        var survey = await client.SurveyAsync(
            new SurveyRequest
            {
                Cpus = { new CpuQuestion { Id = "q", CpuXml = "<cpu mode='host-model'/>", DomainType = "kvm" } },
                Portals = { new Portal { Host = "127.0.0.1", Port = (uint)Iscsi.Target.FreePort() } },
                FirmwarePaths = { "/usr/bin/env" },
            },
            cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(survey.Cpus);
        Assert.False(Assert.Single(survey.Portals).Reachable);
        Assert.True(Assert.Single(survey.Firmware).Exists);
    }

    [Fact]
    public async Task What_its_owner_wrote_into_a_domain_is_reported_and_a_slip_in_it_costs_nothing_else()
    {
        await File.WriteAllTextAsync(directory["node.xml"], $"""
            <node>
            <domain type='test'><name>good</name><uuid>{Instance}</uuid><memory>8192</memory><os><type arch='i686'>hvm</type></os>
            <metadata><r:policy xmlns:r='urn:recovery:policy:1' priority='90' recover='no'><after instance='{Other}'/></r:policy></metadata></domain>
            <domain type='test'><name>slip</name><uuid>{Other}</uuid><memory>8192</memory><os><type arch='i686'>hvm</type></os>
            <metadata><r:policy xmlns:r='urn:recovery:policy:1' priority='urgent' zone='north'/></metadata></domain>
            </node>
            """, TestContext.Current.CancellationToken);
        using var executor = await ExecutorProcess.Start(directory["state"], $"test://{directory["node.xml"]}");
        using var channel = executor.Channel();
        var report = await Whole(channel);
        var good = Assert.Single(report.Domains, domain => domain.Name == "good");
        Assert.Equal((90u, true, Other), (good.Policy.Priority, good.Policy.OptOut, Assert.Single(good.Policy.After)));
        Assert.Equal(("i686", "test"), (good.Requirements.Architecture, good.Requirements.DomainType));
        var slip = Assert.Single(report.Domains, domain => domain.Name == "slip");
        Assert.Equal((false, "north", 8ul), (slip.Policy.HasPriority, slip.Policy.Zone, slip.MemoryMib));
        Assert.Contains("'urgent'", Assert.Single(slip.Policy.PolicyFaults), StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_watches_no_files_of_the_directory_that_it_was_started_in()
    {
        using var executor = await ExecutorProcess.Start(directory["state"], "test:///default");
        var open = Directory.GetFiles($"/proc/{executor.Id}/fdinfo");
        Assert.NotEmpty(open);
        Assert.Equal(0, open.SelectMany(LinesOf).Count(line => line.StartsWith("inotify", StringComparison.Ordinal)));
    }

    // The executor opens and closes sockets while we look.
    private static string[] LinesOf(string descriptor)
    {
        try
        {
            return File.ReadAllLines(descriptor);
        }
        catch (FileNotFoundException)
        {
            return [];
        }
    }

    [Fact]
    public async Task With_TLS_only_a_client_whose_certificate_the_CA_signed_is_heard()
    {
        var ca = new CertificateAuthority(directory, "ca");
        var stranger = new CertificateAuthority(directory, "stranger");
        var (certificate, key) = ca.Issue("server");
        using var executor = await ExecutorProcess.Start(directory["state"], "test:///default",
            $"Tls:Certificate={certificate}", $"Tls:Key={key}", $"Tls:ClientCa={ca.Path}");
        using (var known = executor.SecureChannel(ca, ca.Client("control-plane")))
            Assert.Equal("node1", (await Whole(known)).Host);
        using (var unknown = executor.SecureChannel(ca, stranger.Client("control-plane")))
            await Assert.ThrowsAsync<RpcException>(() => Whole(unknown));
        using (var nobody = executor.SecureChannel(ca, null))
            await Assert.ThrowsAsync<RpcException>(() => Whole(nobody));
        using var plain = executor.Channel();
        await Assert.ThrowsAsync<RpcException>(() => Whole(plain));
    }

    [Fact]
    public async Task A_damaged_log_stops_the_start_with_one_clear_sentence()
    {
        Directory.CreateDirectory(directory["state"]);
        await File.WriteAllTextAsync(directory["state/operations.log"], "rubbish\nmore rubbish\n", TestContext.Current.CancellationToken);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => ExecutorProcess.Start(directory["state"], "test:///default"));
        Assert.Contains("Line 1 of the operation log", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", refused.Message, StringComparison.Ordinal);
    }

    // The first report may come before libvirt is connected; the one that counts names the domain.
    private static async Task<NodeReport> Whole(GrpcChannel channel)
    {
        using var call = new Client(channel).Watch(new WatchRequest(), deadline: DateTime.UtcNow.AddSeconds(10));
        await foreach (var message in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            if (message.Report is { LibvirtError: "" } report) return report;
        }
        throw new InvalidOperationException("the stream ended");
    }

    private static async Task<StepResult> Run(ExecutorProcess executor, string step, ulong epoch)
    {
        using var channel = executor.Channel();
        using var call = new Client(channel).Run(new StepCommand
        {
            StepId = step,
            Recovery = "r",
            Epoch = epoch,
            Instance = Instance,
            TimeLimit = Duration.FromTimeSpan(TimeSpan.FromSeconds(10)),
            Start = new StartDomain(),
        });
        StepResult? result = null;
        await foreach (var message in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken)) result = message.Result ?? result;
        return result!;
    }
}
