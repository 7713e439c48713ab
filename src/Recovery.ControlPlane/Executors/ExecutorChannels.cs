using System.Collections.Concurrent;
using Grpc.Core;
using Grpc.Net.Client;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Executors;

/// <summary>One connection per executor address, shared by its watch stream and its steps.</summary>
public class ExecutorChannels(RecoveryOptions options) : IDisposable
{
    // A thousand domains with a definition of some tens of KiB each, in one node report.
    private const int LargestMessageBytes = 64 * 1024 * 1024;

    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(2);

    // A host whose cord is pulled sends no FIN. Without pings a call to it would wait for the kernel to give up.
    private static readonly TimeSpan PingEvery = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan PingAnsweredWithin = TimeSpan.FromSeconds(3);

    private readonly ConcurrentDictionary<string, Lazy<ChannelBase>> channels = new(StringComparer.Ordinal);

    /// <summary>The channel to this address. It is not connected until it is used.</summary>
    /// <param name="address"><c>http://10.0.0.11:7071</c> (HTTP/2 without TLS) or <c>https://…</c>.</param>
    /// <exception cref="ExecutorUnreachableException">No channel can be made: a bad address or unusable TLS files.</exception>
    public ChannelBase To(string address)
    {
        try
        {
            return channels.GetOrAdd(address, each => new Lazy<ChannelBase>(() => Open(each, ConnectTimeout))).Value;
        }
        catch (Exception failure) when (failure is not ExecutorUnreachableException)
        {
            // A Lazy keeps its failure; the operator may correct the file, so the next call tries afresh.
            channels.TryRemove(address, out _);
            throw Unusable(address, failure);
        }
    }

    /// <summary>
    /// A channel that nobody shares, for the caller to dispose: it dials afresh, and so tells at once whether anybody is
    /// there now.
    /// </summary>
    /// <param name="address">As for <see cref="To"/>.</param>
    /// <param name="connectWithin">Until the connection stands, with TLS.</param>
    /// <exception cref="ExecutorUnreachableException">As for <see cref="To"/>.</exception>
    public ChannelBase OpenAnew(string address, TimeSpan connectWithin)
    {
        try
        {
            return Open(address, connectWithin);
        }
        catch (Exception failure)
        {
            throw Unusable(address, failure);
        }
    }

    /// <summary>Ends the channel, and with it the calls on it: no host has this address any more.</summary>
    public void Close(string address)
    {
        if (channels.TryRemove(address, out var channel) && channel.IsValueCreated)
        {
            (channel.Value as IDisposable)?.Dispose();
        }
    }

    public void Dispose()
    {
        GC.SuppressFinalize(this);
        foreach (var address in channels.Keys)
        {
            Close(address);
        }
    }

    private static ExecutorUnreachableException Unusable(string address, Exception failure) => new(
        $"No connection to an executor at '{address}' can be prepared: {failure.Message} "
        + "Correct the host's executor address, or the files under Recovery:Executors.",
        failure);

    /// <summary>The wire. Whoever tries the control plane without one puts something else here.</summary>
    protected virtual ChannelBase Open(string address, TimeSpan connectTimeout) => GrpcChannel.ForAddress(address, new GrpcChannelOptions
    {
        MaxReceiveMessageSize = LargestMessageBytes,
        MaxSendMessageSize = LargestMessageBytes,
        DisposeHttpClient = true,
        HttpHandler = new SocketsHttpHandler
        {
            ConnectTimeout = connectTimeout,
            KeepAlivePingDelay = PingEvery,
            KeepAlivePingTimeout = PingAnsweredWithin,
            KeepAlivePingPolicy = HttpKeepAlivePingPolicy.WithActiveRequests,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            EnableMultipleHttp2Connections = true,
            UseProxy = false, // executors are on the management network; a proxy variable of a shell must not reroute them
            SslOptions = ExecutorTls.Options(options.Executors),
        },
    });
}
