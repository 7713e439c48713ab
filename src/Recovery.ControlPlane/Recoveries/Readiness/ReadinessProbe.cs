using System.Globalization;
using System.Net.Sockets;
using Recovery.ControlPlane.Executors;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries.Readiness;

/// <summary>Readiness by TCP (somebody accepts) and HTTP (the status is the right one; redirects are not followed).</summary>
public sealed class ReadinessProbe(TimeProvider time) : IReadinessProbe, IDisposable
{
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OneTry = TimeSpan.FromSeconds(5);

    private readonly HttpClient http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        PooledConnectionLifetime = TimeSpan.Zero,
    });

    public async Task<StepReply> AwaitAsync(string name, ReadinessGate gate, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var limit = TimeSpan.FromSeconds(gate.WithinSeconds);
        while (true)
        {
            var problem = await TryAsync(gate, cancellationToken);
            var after = time.GetElapsedTime(start);
            if (problem is null)
            {
                return new StepReply(StepOutcome.Succeeded, "", string.Create(
                    CultureInfo.InvariantCulture, $"{gate.Address} answered after {after.TotalSeconds:0.0} s."), []);
            }

            if (after + BetweenTries > limit)
            {
                return new StepReply(StepOutcome.FailedForGood, "NOT_READY", string.Create(
                    CultureInfo.InvariantCulture, $"{gate.Address} was asked for {gate.WithinSeconds} s: {problem}. Look into {name}, at its console for instance."), []);
            }

            await Task.Delay(BetweenTries, time, cancellationToken);
        }
    }

    public void Dispose() => http.Dispose();

    /// <summary>Null when it answers as it shall; else what happened instead.</summary>
    private async Task<string?> TryAsync(ReadinessGate gate, CancellationToken cancellationToken)
    {
        using var oneTry = new CancellationTokenSource(OneTry, time);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(oneTry.Token, cancellationToken);
        try
        {
            return gate.Address.Contains("://", StringComparison.Ordinal)
                ? await HttpAsync(gate, patience.Token)
                : await TcpAsync(gate.Address, patience.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "no answer";
        }
        catch (Exception failure) when (failure is SocketException or HttpRequestException or FormatException or UriFormatException)
        {
            return failure.Message;
        }
    }

    private async Task<string?> HttpAsync(ReadinessGate gate, CancellationToken cancellationToken)
    {
        using var answer = await http.GetAsync(gate.Address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        return (int)answer.StatusCode == gate.Status
            ? null
            : string.Create(CultureInfo.InvariantCulture, $"it answered {(int)answer.StatusCode}, not {gate.Status}");
    }

    private static async Task<string?> TcpAsync(string address, CancellationToken cancellationToken)
    {
        var colon = address.LastIndexOf(':');
        var port = int.Parse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture);
        var host = address[..colon].Trim('[', ']');
        using var client = new TcpClient();
        await client.ConnectAsync(host, port, cancellationToken);
        return null;
    }
}
