using System.Threading.Channels;
using Grpc.Core;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Detection;

/// <summary>What a watch needs, the same for all hosts.</summary>
public sealed record WatchTools(
    ExecutorChannels Channels,
    LivenessBoard Liveness,
    LifeSigns LifeSigns,
    ReportReader Reader,
    ReportRecorder Recorder,
    TimeProvider Time,
    Random Random,
    ILogger<HostWatcher> Log);

/// <summary>Listens to the executor of one host for as long as the host is registered under this address.</summary>
internal sealed class HostWatch(string host, string address, WatchTools tools)
{
    // Heartbeats come each second. A connection on which none comes is of no use, even if TCP thinks well of it.
    private static readonly TimeSpan SilenceLimit = TimeSpan.FromSeconds(5);

    // A host with a thousand domains has to gather their definitions first.
    private static readonly TimeSpan FirstReportLimit = TimeSpan.FromSeconds(30);

    // Events that wait for the database. More than that, and a fresh report is cheaper than catching up.
    private const int Backlog = 4096;

    private int failures;
    private string lastTrouble = "";

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(cancellationToken);
                Trouble("the executor ended the stream", null);
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (RpcException failure)
            {
                Trouble($"{failure.StatusCode}: {failure.Status.Detail}", null);
            }
            catch (TimeoutException)
            {
                Trouble("it keeps the connection open and says nothing", null);
            }
            catch (WrongHostException wrong)
            {
                tools.Log.LogError(
                    "WRONG HOST: {Address} is registered as the executor of {Host}, and calls itself '{Name}'. Nothing that it says "
                    + "is believed. Correct the address with PUT /v1/hosts/{Host}, or the name in that executor's configuration",
                    address, host, wrong.Message, host);
                failures = 100; // asking often won't change its name
            }
            catch (Exception failure)
            {
                Trouble(failure.Message, failure);
            }

            failures++;
            await Task.Delay(ReconnectDelay.After(failures, tools.Random.NextDouble()), tools.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
    }

    // Hearing must not wait for the database: a busy disk here would make a living host look silent. And what was heard
    // is recorded although the stream has ended: the last words of a dying host count most.
    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        using var deaf = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var events = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(Backlog) { SingleReader = true });
        var recording = RecordAsync(events.Reader, cancellationToken);
        var hearing = HearAsync(events.Writer, deaf.Token);
        if (await Task.WhenAny(recording, hearing) == recording)
        {
            deaf.Cancel();
        }

        await hearing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        events.Writer.Complete();
        await recording;
        await hearing;
    }

    private async Task HearAsync(ChannelWriter<WatchEvent> events, CancellationToken cancellationToken)
    {
        var client = new Executor.ExecutorClient(tools.Channels.To(address));
        using var call = client.Watch(new WatchRequest(), cancellationToken: cancellationToken);
        var identified = false;
        var libvirtError = "";
        while (await call.ResponseStream.MoveNext(cancellationToken)
            .WaitAsync(identified ? SilenceLimit : FirstReportLimit, tools.Time, cancellationToken))
        {
            var said = call.ResponseStream.Current;
            if (said.Report is { } report)
            {
                // A wrong address must neither make a dead host look alive nor overwrite another's domains.
                identified = report.Host == host ? true : throw new WrongHostException(report.Host);
            }

            if (!identified)
            {
                continue; // whoever has not said who it is, is nobody
            }

            libvirtError = said.EventCase switch
            {
                WatchEvent.EventOneofCase.Report => said.Report.LibvirtError,
                WatchEvent.EventOneofCase.Heartbeat => said.Heartbeat.LibvirtError,
                _ => libvirtError,
            };
            tools.Liveness.Heard(host, libvirtError);
            if (said.EventCase != WatchEvent.EventOneofCase.Heartbeat && !events.TryWrite(said))
            {
                throw new InvalidOperationException(
                    $"{Backlog} events of {host} wait for the database; is its disk full or slow? The host is asked afresh");
            }
        }
    }

    private async Task RecordAsync(ChannelReader<WatchEvent> events, CancellationToken cancellationToken)
    {
        var greeted = false;
        while (await events.WaitToReadAsync(cancellationToken))
        {
            while (events.TryRead(out var said))
            {
                if (!greeted)
                {
                    greeted = true;
                    await GreetAsync(cancellationToken);
                }

                await RecordAsync(said, cancellationToken);
            }
        }
    }

    private async Task RecordAsync(WatchEvent said, CancellationToken cancellationToken)
    {
        switch (said.EventCase)
        {
            case WatchEvent.EventOneofCase.Report:
                await tools.Recorder.RecordAsync(tools.Reader.Read(host, said.Report), cancellationToken);
                break;
            case WatchEvent.EventOneofCase.DomainChanged when tools.Reader.Read(host, said.DomainChanged) is { } domain:
                await tools.Recorder.RecordAsync(domain, cancellationToken);
                break;
            case WatchEvent.EventOneofCase.DomainGone when tools.Reader.Read(host, said.DomainGone) is { } uuid:
                await tools.Recorder.RecordGoneAsync(host, uuid, cancellationToken);
                break;
            default:
                break;
        }
    }

    // At once, not with the next round of life signs: until it is written, a proof that it is off still stands.
    private async Task GreetAsync(CancellationToken cancellationToken)
    {
        tools.Log.LogInformation("{Host} is heard at {Address}", host, address);
        failures = 0;
        lastTrouble = "";
        await tools.LifeSigns.RecordAsync([host], cancellationToken);
    }

    // A host that is down fails alike every few seconds; once is enough.
    private void Trouble(string what, Exception? failure)
    {
        if (what != lastTrouble)
        {
            tools.Log.LogWarning(failure, "{Host} can't be heard at {Address}: {Trouble}. It is dialled again and again", host, address, what);
            lastTrouble = what;
        }
    }

    private sealed class WrongHostException(string name) : Exception(name);
}
