using System.Globalization;
using System.Net.Sockets;
using Grpc.Core;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>Asks over gRPC, on a connection of its own: the shared one to a host that has just died still looks well.</summary>
public sealed class ExecutorFence(ExecutorChannels channels, TimeProvider time, ILogger<ExecutorFence> log) : IExecutorFence
{
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(1);

    // Ending a guest is a SIGKILL; what takes its time is a kernel that waits for storage.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <inheritdoc/>
    public async Task<ExecutorWord> AskAsync(ExecutorFenceOrder order, CancellationToken cancellationToken)
    {
        try
        {
            var channel = channels.OpenAnew(order.ExecutorAddress, ConnectLimit);
            using var ending = channel as IDisposable;
            var reply = await new Proto.Executor.ExecutorClient(channel).FenceAsync(
                new Proto.FenceRequest { Recovery = order.RecoveryId.ToString("D"), Epoch = (ulong)order.Epoch, OnlyIfBegun = order.OnlyIfBegun },
                deadline: (time.GetUtcNow() + Patience).UtcDateTime,
                cancellationToken: cancellationToken);
            return new ExecutorWord(true, reply.Confirmed, [.. reply.Ended], reply.Message, reply.Begun);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (RpcException refused) when (refused.StatusCode == StatusCode.FailedPrecondition)
        {
            throw new StaleEpochException(
                $"{order.Host} refuses epoch {order.Epoch} of recovery {order.RecoveryId}: {refused.Status.Detail}");
        }
        catch (Exception failure) when (failure is RpcException or ExecutorUnreachableException)
        {
            var (answered, why) = Explain(failure, order);
            log.LogDebug("{Host} does not fence itself: {Reason}", order.Host, why);
            return new ExecutorWord(answered, false, [], why, MayHaveBegun: order.OnlyIfBegun || !NeverArrived(failure));
        }
    }

    // In doubt it arrived: then its executor is asked what became of it, before anybody says that nothing was touched. A
    // question that never arrived leaves everything as open as it was.
    private static bool NeverArrived(Exception failure) => failure switch
    {
        ExecutorUnreachableException => true,
        // As gRPC tells what went wrong while it dialled. Once a connection stands, failures come wrapped in others.
        RpcException { Status.DebugException: SocketException or TimeoutException } => true,
        RpcException { Status.DebugException: HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } } => true,
        RpcException { Status.DebugException: not null } => false,

        // The executor's own word that it did nothing: the order is malformed or withdrawn, it can't write its log, it is too old.
        RpcException refused => refused.StatusCode is StatusCode.InvalidArgument or StatusCode.Unavailable or StatusCode.Unimplemented,
        _ => false,
    };

    private static (bool Answered, string Why) Explain(Exception failure, ExecutorFenceOrder order) => failure switch
    {
        RpcException { StatusCode: StatusCode.Unimplemented } => (false, "it is too old to be asked to end its guests"),
        RpcException { StatusCode: StatusCode.Unavailable, Status.DebugException: not null } when NeverArrived(failure) => (
            false, $"nobody answers at {order.ExecutorAddress}"),
        RpcException { StatusCode: StatusCode.DeadlineExceeded } => (
            false, string.Create(CultureInfo.InvariantCulture, $"it was told to end its guests, and had not done so after {Patience.TotalSeconds:0} s")),
        RpcException { Status.DebugException: { } broken } => (
            false, $"the connection to {order.ExecutorAddress} broke: {broken.GetBaseException().Message}"),
        RpcException other => (true, $"{other.StatusCode}: {other.Status.Detail}"),
        _ => (false, failure.Message),
    };
}
