using System.Threading.Channels;
using Google.Protobuf.WellKnownTypes;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>
/// The node as last seen, and everybody who watches it. A watcher gets the whole report first and then each change in
/// order; one that reads too slowly is cut off and begins anew with a whole report. What was published is not changed.
/// </summary>
internal sealed class WatchHub(TimeProvider time)
{
    private const int LongestQueue = 1024;

    private readonly Lock gate = new();
    private readonly List<Channel<WatchEvent>> watchers = [];
    private readonly Dictionary<string, Domain> domains = new(StringComparer.Ordinal);
    private NodeReport facts = new();

    /// <summary>The report as of now, and what follows it. The reader ends when the watcher fell behind.</summary>
    public Subscription Subscribe()
    {
        var channel = Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(LongestQueue) { SingleReader = true });
        lock (gate)
        {
            watchers.Add(channel);
            return new Subscription(Event(Whole()), channel.Reader, () => Remove(channel));
        }
    }

    /// <summary>Replaces everything that was known; watchers get the whole report.</summary>
    public void Replace(NodeReport newFacts, IEnumerable<Domain> newDomains)
    {
        lock (gate)
        {
            facts = newFacts;
            domains.Clear();
            foreach (var domain in newDomains) domains[domain.Uuid] = domain;
            Send(Event(Whole()));
        }
    }

    /// <summary>Replaces what is known of one domain; watchers hear of it when it differs.</summary>
    public void Change(Domain domain)
    {
        lock (gate)
        {
            if (domains.TryGetValue(domain.Uuid, out var known) && known.Equals(domain)) return;
            domains[domain.Uuid] = domain;
            Send(new WatchEvent { At = Now(), DomainChanged = domain });
        }
    }

    /// <summary>libvirt no longer knows this domain.</summary>
    public void Forget(string uuid)
    {
        lock (gate)
        {
            if (domains.Remove(uuid)) Send(new WatchEvent { At = Now(), DomainGone = new DomainGone { Uuid = uuid } });
        }
    }

    public IReadOnlyList<string> KnownDomains()
    {
        lock (gate) return [.. domains.Keys];
    }

    public void Beat(string libvirtError)
    {
        lock (gate) Send(new WatchEvent { At = Now(), Heartbeat = new Heartbeat { LibvirtError = libvirtError } });
    }

    private NodeReport Whole()
    {
        var report = facts.Clone();
        report.Domains.Add(domains.Values);
        return report;
    }

    private void Send(WatchEvent message)
    {
        foreach (var behind in watchers.Where(watcher => !watcher.Writer.TryWrite(message)).ToList())
        {
            behind.Writer.Complete();
            watchers.Remove(behind);
        }
    }

    private void Remove(Channel<WatchEvent> channel)
    {
        lock (gate) watchers.Remove(channel);
    }

    private WatchEvent Event(NodeReport report) => new() { At = Now(), Report = report };

    private Timestamp Now() => Timestamp.FromDateTimeOffset(time.GetUtcNow());

    internal sealed class Subscription(WatchEvent first, ChannelReader<WatchEvent> then, Action end) : IDisposable
    {
        public WatchEvent First { get; } = first;

        public ChannelReader<WatchEvent> Then { get; } = then;

        public void Dispose() => end();
    }
}
