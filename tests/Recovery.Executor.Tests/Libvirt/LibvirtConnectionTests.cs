using System.Collections.Concurrent;
using Recovery.Executor.DomainXml;
using Recovery.Executor.Libvirt;

namespace Recovery.Executor.Tests.Libvirt;

public sealed class LibvirtConnectionTests : IDisposable
{
    private const string Uuid = "11111111-2222-4333-8444-555555555555";
    private readonly TestLibvirt libvirt = new();

    public void Dispose() => libvirt.Dispose();

    [Fact]
    public void A_domain_lives_through_define_start_destroy_undefine()
    {
        using var connection = LibvirtConnection.Open(libvirt.Uri, _ => { });
        using var domain = LibvirtDomain.Define(connection, TestLibvirt.Domain(Uuid, "a"));
        Assert.Equal((Uuid, "a", false, true), (domain.Uuid, domain.Name, domain.IsActive(), domain.IsPersistent()));
        domain.Start(paused: false);
        Assert.Equal(StateKind.Running, domain.State().Kind);
        domain.Destroy();
        Assert.Equal("shut off (destroyed)", domain.State().ToString());
        domain.Undefine();
        Assert.Null(LibvirtDomain.FindByUuid(connection, Uuid));
        Assert.Null(LibvirtDomain.FindByName(connection, "a"));
    }

    [Fact]
    public void Libvirts_own_code_and_words_come_through()
    {
        using var connection = LibvirtConnection.Open(libvirt.Uri, _ => { });
        using var domain = LibvirtDomain.Define(connection, TestLibvirt.Domain(Uuid, "a"));
        var refused = Assert.Throws<LibvirtException>(domain.Destroy);
        Assert.Equal((LibvirtErrorCode.OperationInvalid, false, false), (refused.Code, refused.ConnectionLost, refused.RetryCanHelp));
        Assert.NotEmpty(refused.Message);
        var malformed = Assert.Throws<LibvirtException>(() => LibvirtDomain.Define(connection, "<domain"));
        Assert.NotEqual(refused.Message, malformed.Message);
    }

    [Fact]
    public async Task Events_tell_which_domain_changed_and_that_it_started()
    {
        var events = new ConcurrentQueue<DomainEvent>();
        using var connection = LibvirtConnection.Open(libvirt.Uri, events.Enqueue);
        using var domain = LibvirtDomain.Define(connection, TestLibvirt.Domain(Uuid, "a"));
        domain.Start(paused: false);
        domain.Destroy();
        await Tool.Until(() => events.Count >= 3, "three events");
        Assert.Equal([DomainEventKind.Changed, DomainEventKind.Started, DomainEventKind.Changed], events.Select(e => e.Kind));
        Assert.All(events, e => Assert.Equal(Uuid, e.Uuid));
    }

    [Fact]
    public void A_libvirt_that_is_not_there_says_so() =>
        Assert.True(Assert.Throws<LibvirtException>(() =>
            LibvirtConnection.Open("qemu+unix:///system?socket=/nonexistent/libvirt-sock", _ => { })).ConnectionLost);

    [Fact]
    public void The_host_tells_what_it_is()
    {
        using var connection = LibvirtConnection.Open("test:///default", _ => { });
        var host = HostCapabilities.Read(connection);
        Assert.Equal("i686", host.Architecture);
        Assert.Contains("libvirt ", host.Hypervisor, StringComparison.Ordinal);
        Assert.True(host is { MemoryMib: > 0, Vcpus: > 0 });
    }

    [Fact]
    public async Task A_change_of_its_metadata_is_told()
    {
        var events = new ConcurrentQueue<DomainEvent>();
        using var connection = LibvirtConnection.Open(libvirt.Uri, events.Enqueue);
        LibvirtDomain.Define(connection, TestLibvirt.Domain(Uuid, "a")).Dispose();
        await Tool.Until(() => events.Count == 1, "the definition's own event");
        TestLibvirt.SetMetadata(connection, Uuid, "<policy priority='90'/>", "urn:recovery:policy:1");
        await Tool.Until(() => events.Count == 2, "an event of the metadata");
        Assert.Equal(new DomainEvent(Uuid, DomainEventKind.Changed), events.Last());
        using var domain = LibvirtDomain.FindByUuid(connection, Uuid)!;
        Assert.Equal(90u, PolicyReader.Read(domain.InactiveXml())!.Priority);
    }

    [Fact]
    public void A_driver_that_cannot_compare_processors_or_count_pages_tells_nothing()
    {
        using var connection = LibvirtConnection.Open("test:///default", _ => { });
        Assert.Null(CpuComparison.Ask(connection, "<cpu><model>EPYC</model></cpu>", "", "", ""));
        Assert.Empty(HostCapabilities.UsableCpuModels(connection, "qemu"));
        Assert.All(HostCapabilities.Read(connection).NumaCells, cell => Assert.NotNull(cell.FreePages(connection)));
    }
}
