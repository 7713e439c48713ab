using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Protocol.V1;
using DomainState = Recovery.Core.Inventory.DomainState;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class ExecutorPreviewTests : IDisposable
{
    private readonly ExecutorChannels channels = new(new RecoveryOptions());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => channels.Dispose();

    [Fact]
    public async Task Given_a_definition_when_an_executor_is_asked_then_it_gets_what_the_step_would_and_its_words_come_back()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        PreviewRequest? asked = null;
        executor.Does.Preview = (request, _) =>
        {
            asked = request;
            return Task.FromResult(new PreviewReply { Changes = { "vda moves" }, Refusals = { "no bridge" } });
        };
        var question = Question(executor.Address);

        var preview = await Preview().AskAsync(question, Cancel);

        Assert.Equal(("vda moves", "no bridge"), (Assert.Single(preview!.Changes), Assert.Single(preview.Refusals)));
        Assert.Equal((question.Instance.Id.ToString(), "<domain/>", "EPYC"), (asked!.Instance, asked.Define.Definition, asked.Define.SourceCpuModel));
        Assert.Equal(("nfs-1", "vdb"), (Assert.Single(asked.Define.SourceStorages).Id, Assert.Single(asked.Define.Volumes).DiskTarget));
        Assert.Equal("", asked.Define.Volumes[0].ChapPassword);
    }

    [Theory]
    [InlineData(StatusCode.Unimplemented)]
    [InlineData(StatusCode.FailedPrecondition)]
    [InlineData(StatusCode.InvalidArgument)]
    public async Task Given_an_executor_that_is_too_old_or_cannot_tell_then_there_is_no_preview(StatusCode status)
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        executor.Does.Preview = (_, _) => throw new RpcException(new Status(status, "why"));

        Assert.Null(await Preview().AskAsync(Question(executor.Address), Cancel));
    }

    [Fact]
    public async Task Given_a_host_that_is_away_or_an_address_that_is_none_then_there_is_no_preview()
    {
        Assert.Null(await Preview().AskAsync(Question("http://127.0.0.1:1"), Cancel));
        Assert.Null(await Preview().AskAsync(Question("no address"), Cancel));
    }

    [Fact]
    public async Task Given_nobody_who_waits_any_longer_then_the_question_ends()
    {
        await using var executor = await LoopbackExecutor.StartAsync();
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        executor.Does.Preview = async (_, ended) =>
        {
            await waiting.CancelAsync();
            await Task.Delay(Timeout.Infinite, ended);
            return new PreviewReply();
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Preview().AskAsync(Question(executor.Address), waiting.Token));
    }

    private ExecutorPreview Preview() => new(channels, TimeProvider.System, NullLogger<ExecutorPreview>.Instance);

    private static DefinitionQuestion Question(string address) => new()
    {
        Host = "node2",
        ExecutorAddress = address,
        Definition = "<domain/>",
        SourceStorages = [new StorageView("nfs-1", "/srv", 1, 2)],
        SourceCpuModel = "EPYC",
        Instance = new Instance
        {
            Id = Guid.NewGuid(),
            Name = "web",
            Host = "node1",
            State = DomainState.Running,
            MemoryMib = 1,
            Vcpus = 1,
            Disks =
            [
                new() { Target = "vdb", Iscsi = new("10.0.0.5", 3260, "iqn.x:y", 1, "user") },
                new() { Target = "vdc", Iscsi = new("10.0.0.5", 3260, "iqn.x:z", 1), LiveXml = "<disk/>" },
            ],
        },
    };
}
