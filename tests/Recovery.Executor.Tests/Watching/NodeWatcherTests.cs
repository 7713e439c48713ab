using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Autostart;
using Recovery.Executor.Configuration;
using Recovery.Executor.Fencing;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Storage;
using Recovery.Executor.Tests.Libvirt;
using Recovery.Executor.Watching;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Watching;

/// <summary>What the node says of its domains, on libvirt's own test driver.</summary>
public sealed class NodeWatcherTests : IAsyncLifetime
{
    private const string Web = "11111111-2222-4333-8444-555555555555";
    private readonly TemporaryDirectory directory = new();
    private readonly TestLibvirt libvirt = new();
    private readonly FencedGuests fenced = new();
    private readonly WatchHub hub = new(TimeProvider.System);
    private LibvirtSession session = null!;
    private AutostartKeeper autostart = null!;
    private NodeWatcher watcher = null!;

    public async ValueTask InitializeAsync()
    {
        session = await libvirt.Session();
        LibvirtDomain.Define(session.Current, TestLibvirt.Domain(Web, "web")).Dispose();
        autostart = new AutostartKeeper(new AutostartFile(directory.Path), takesFlags: true, TimeProvider.System, NullLogger<AutostartKeeper>.Instance);
        var settings = SettingsReader.Read(new ConfigurationBuilder().Build(), out _)!;
        watcher = new NodeWatcher(session, new StorageCatalogue([], NullLogger<StorageCatalogue>.Instance), new NodeFacts(settings, "boot-1"),
            new DomainReports(new LastKnown(TimeProvider.System), NullLogger<DomainReports>.Instance), autostart, fenced, hub, TimeProvider.System,
            NullLogger<NodeWatcher>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await watcher.StopAsync(CancellationToken.None);
        watcher.Dispose();
        await session.StopAsync(CancellationToken.None);
        session.Dispose();
        libvirt.Dispose();
        directory.Dispose();
    }

    [Fact]
    public async Task A_flagged_domain_is_reported_so_before_and_after_its_flag_was_taken_until_it_is_undefined()
    {
        OnWeb(domain => domain.SetAutostart(true));
        await watcher.StartAsync(CancellationToken.None);
        await Tool.Until(() => Reported() is { Autostart: true }, "the flag is reported");
        await Tool.Until(() => !Flag(), "the flag is taken");
        OnWeb(domain => domain.Start(paused: false));
        await Tool.Until(() => Reported() is { State: DomainState.Running, Autostart: true }, "the wish is reported beside the news");

        OnWeb(domain => domain.Destroy());
        OnWeb(domain => domain.Undefine());
        await Tool.Until(() => Reported() is null && !autostart.Keeps(Web), "the wish went with its domain");
        Assert.Empty(new AutostartFile(directory.Path).Read());
    }

    [Fact]
    public async Task What_this_host_ended_was_not_shut_off_by_its_owner_until_it_is_started_again()
    {
        OnWeb(domain => domain.Start(paused: false));
        await watcher.StartAsync(CancellationToken.None);
        await Tool.Until(() => Reported() is { State: DomainState.Running }, "it runs");
        fenced.Add([Web]);
        OnWeb(domain => domain.Destroy());
        await Tool.Until(() => Reported() is { State: DomainState.Inactive }, "nobody says that its owner wanted it off");
        OnWeb(domain => domain.Start(paused: false));
        await Tool.Until(() => Reported() is { State: DomainState.Running }, "it runs again");
        OnWeb(domain => domain.Destroy());
        await Tool.Until(() => Reported() is { State: DomainState.ShutOff }, "its owner destroyed it");
    }

    [Fact]
    public void The_boot_is_told_with_libvirt_or_without()
    {
        using var subscription = hub.Subscribe();
        Assert.Equal("boot-1", subscription.First.Report.Boot);
    }

    private Domain? Reported()
    {
        using var subscription = hub.Subscribe();
        return subscription.First.Report.Domains.SingleOrDefault();
    }

    private bool Flag()
    {
        using var domain = LibvirtDomain.FindByUuid(session.Current, Web)!;
        return domain.Autostart();
    }

    private void OnWeb(Action<LibvirtDomain> what)
    {
        using var domain = LibvirtDomain.FindByUuid(session.Current, Web)!;
        what(domain);
    }
}
