using Grpc.Core;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>Asks over gRPC. Whatever goes wrong, nobody is worse off than without a preview.</summary>
public sealed class ExecutorPreview(ExecutorChannels channels, TimeProvider time, ILogger<ExecutorPreview> log) : IDefinitionPreview
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public async Task<DefinitionPreview?> AskAsync(DefinitionQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            var client = new Proto.Executor.ExecutorClient(channels.To(question.ExecutorAddress));
            var reply = await client.PreviewAsync(
                new Proto.PreviewRequest
                {
                    Instance = question.Instance.Id.ToString("D"),
                    Define = StepCommandBuilder.ToDefine(
                        question.Instance, question.Definition, question.SourceStorages, question.SourceCpuModel),
                },
                deadline: (time.GetUtcNow() + Patience).UtcDateTime,
                cancellationToken: cancellationToken);
            return new DefinitionPreview([.. reply.Changes], [.. reply.Refusals]);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is RpcException or ExecutorUnreachableException or ObjectDisposedException)
        {
            log.LogDebug(
                "{Host} does not tell what it would make of {Instance}: {Reason}",
                question.Host, question.Instance.Name, failure.Message);
            return null;
        }
    }
}
