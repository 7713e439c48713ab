using System.Collections.Concurrent;
using Recovery.Executor.Autostart;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>
/// Keeps the hub's picture of this node true: reads a domain again when libvirt says that it changed, everything after
/// each new connection, and everything now and then, since events can be missed and files change without any.
/// </summary>
internal sealed class NodeWatcher : BackgroundService
{
    private static readonly TimeSpan FullRefresh = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SuspiciouslyLong = TimeSpan.FromSeconds(10);

    private readonly LibvirtSession libvirt;
    private readonly StorageCatalogue catalogue;
    private readonly NodeFacts nodeFacts;
    private readonly DomainReports domainReports;
    private readonly AutostartKeeper autostart;
    private readonly FencedGuests fenced;
    private readonly WatchHub hub;
    private readonly TimeProvider time;
    private readonly ILogger<NodeWatcher> log;

    // Domains to be read again; what came twice is read once.
    private readonly ConcurrentDictionary<string, byte> changed = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, byte> endedByHost = new(StringComparer.Ordinal);
    // Outlives a connection, unlike the hub's picture, which is empty while libvirt is away.
    private readonly Dictionary<string, DomainState> lastStates = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim signal = new(0, 1);
    private volatile bool everything = true;
    private NodeReport? lastFacts;
    private Task takingFlags = Task.CompletedTask;
    private long askedAt;

    public NodeWatcher(LibvirtSession libvirt, StorageCatalogue catalogue, NodeFacts nodeFacts, DomainReports domainReports,
        AutostartKeeper autostart, FencedGuests fenced, WatchHub hub, TimeProvider time, ILogger<NodeWatcher> log)
    {
        (this.libvirt, this.catalogue, this.nodeFacts, this.domainReports) = (libvirt, catalogue, nodeFacts, domainReports);
        (this.autostart, this.fenced, this.hub, this.time, this.log) = (autostart, fenced, hub, time, log);
        autostart.Refresh();
        hub.Replace(nodeFacts.Without(libvirt.Error, []), []);
        libvirt.DomainChanged += OnDomainChanged;
        libvirt.ConnectionChanged += OnConnectionChanged;
    }

    /// <summary>Empty when libvirt answers. A libvirtd that is there and never answers is away too.</summary>
    public string LibvirtError
    {
        get
        {
            var error = libvirt.Error;
            var asked = Interlocked.Read(ref askedAt);
            return error.Length == 0 && asked != 0 && time.GetElapsedTime(asked) is var waiting && waiting > SuspiciouslyLong
                ? $"libvirtd has not answered for {waiting.TotalSeconds:0} s"
                : error;
        }
    }

    public override void Dispose()
    {
        libvirt.DomainChanged -= OnDomainChanged;
        libvirt.ConnectionChanged -= OnConnectionChanged;
        signal.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await Refresh();
                if (!await signal.WaitAsync(FullRefresh, stoppingToken)) everything = true;
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception away) when (away is LibvirtUnavailableException or LibvirtException)
            {
                await Missed(away, stoppingToken);
            }
        }
    }

    private async Task Missed(Exception away, CancellationToken stoppingToken)
    {
        everything = true;
        var error = libvirt.Error is { Length: > 0 } known ? known : away.Message;
        log.LogDebug("the picture of this node can't be refreshed: {Reason}", error);
        if (lastFacts is null || lastFacts.LibvirtError.Length == 0) Publish(nodeFacts.Without(error, await Task.Run(catalogue.Read, stoppingToken)), []);
        // A new connection wakes us; the pause only keeps a libvirt that answers with errors from being asked all the time.
        await signal.WaitAsync(TimeSpan.FromSeconds(1), stoppingToken);
    }

    private async Task Refresh()
    {
        var connection = libvirt.Current;
        var storages = await Task.Run(catalogue.Read);
        if (everything)
        {
            everything = false;
            changed.Clear();
            await RefreshEverything(connection, storages);
            return;
        }
        var sights = new List<DomainReports.Sight>();
        foreach (var uuid in changed.Keys)
        {
            changed.TryRemove(uuid, out _);
            var sight = await Ask(() =>
            {
                using var domain = LibvirtDomain.FindByUuid(connection, uuid);
                return domain is null ? null : Look(domain);
            });
            if (sight is null)
            {
                Forget(uuid);
                autostart.Forget(uuid);
                continue;
            }
            sights.Add(sight);
            hub.Change(await Report(sight, storages));
        }
        TakeAutostartFlags(connection, sights);
    }

    private async Task RefreshEverything(LibvirtConnection connection, IReadOnlyList<StorageRoot> storages)
    {
        autostart.Refresh();
        var facts = await Ask(() => nodeFacts.With(connection, storages));
        var sights = await Ask(() => LookAtAll(connection));
        autostart.ForgetAllBut([.. sights.Select(sight => sight.Uuid)]);
        TakeAutostartFlags(connection, sights);
        var domains = new List<Domain>();
        foreach (var sight in sights) domains.Add(await Report(sight, storages));
        if (lastFacts is null || News.IsIn(facts, lastFacts))
        {
            Publish(facts, domains);
            return;
        }
        foreach (var gone in hub.KnownDomains().Except(domains.Select(domain => domain.Uuid))) Forget(gone);
        foreach (var domain in domains) hub.Change(domain);
    }

    private void Forget(string uuid)
    {
        lastStates.Remove(uuid);
        endedByHost.TryRemove(uuid, out _);
        hub.Forget(uuid);
    }

    private void Publish(NodeReport facts, IReadOnlyList<Domain> domains)
    {
        lastFacts = facts;
        hub.Replace(facts, domains);
    }

    private static List<DomainReports.Sight> LookAtAll(LibvirtConnection connection)
    {
        var sights = new List<DomainReports.Sight>();
        foreach (var domain in LibvirtDomain.All(connection))
        {
            using (domain)
            {
                if (Look(domain) is { } sight) sights.Add(sight);
            }
        }
        return sights;
    }

    // A domain that goes away between two questions is gone, and no error.
    private static DomainReports.Sight? Look(LibvirtDomain domain)
    {
        try
        {
            return DomainReports.Look(domain);
        }
        catch (LibvirtException gone) when (gone.Code == LibvirtErrorCode.NoDomain)
        {
            return null;
        }
    }

    private async Task<Domain> Report(DomainReports.Sight sight, IReadOnlyList<StorageRoot> storages)
    {
        var report = await domainReports.Report(sight, storages, endedByHost.ContainsKey(sight.Uuid), lastStates.GetValueOrDefault(sight.Uuid));
        // Not by its owner, whatever libvirt takes it for; what it was before, the control plane knows.
        if (sight.State.Kind == StateKind.ShutOff && fenced.Contains(sight.Uuid)) report.State = DomainState.Inactive;
        report.Autostart |= autostart.Keeps(sight.Uuid);
        lastStates[sight.Uuid] = report.State;
        return report;
    }

    // Beside the looking: libvirt lets a flag wait for whatever else it does to the domain, a migration among others.
    private void TakeAutostartFlags(LibvirtConnection connection, IReadOnlyList<DomainReports.Sight> sights)
    {
        var flagged = sights.Where(sight => sight.Autostart).Select(sight => sight.Uuid).ToList();
        if (flagged.Count == 0 || !autostart.TakesFlags || !takingFlags.IsCompleted) return;
        takingFlags = Task.Run(() =>
        {
            foreach (var uuid in flagged) autostart.Take(connection, uuid);
        });
    }

    private async Task<T> Ask<T>(Func<T> question)
    {
        Interlocked.Exchange(ref askedAt, time.GetTimestamp());
        try
        {
            return await Task.Run(question);
        }
        finally
        {
            Interlocked.Exchange(ref askedAt, 0);
        }
    }

    private void OnDomainChanged(DomainEvent happened)
    {
        if (happened.Kind == DomainEventKind.EndedByHost) endedByHost[happened.Uuid] = 0;
        if (happened.Kind == DomainEventKind.Started) fenced.Remove(happened.Uuid);
        if (happened.Kind == DomainEventKind.Started) endedByHost.TryRemove(happened.Uuid, out _);
        changed[happened.Uuid] = 0;
        Wake();
    }

    private void OnConnectionChanged()
    {
        everything = true;
        Wake();
    }

    private void Wake()
    {
        try
        {
            if (signal.CurrentCount == 0) signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // Two events at once: one waking is enough.
            return;
        }
    }
}
