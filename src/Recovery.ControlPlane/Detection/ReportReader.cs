using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Detection;

/// <summary>What an executor says, as the inventory records it. What can't be read is logged and left out by name.</summary>
public sealed class ReportReader(TimeProvider time, ILogger<ReportReader> log)
{
    internal HostReport Read(string host, NodeReport report)
    {
        var at = time.GetUtcNow();
        return new HostReport
        {
            Host = host,
            At = at,
            ExecutorVersion = report.ExecutorVersion,
            Boot = report.Boot,
            Storages = Storages(host, report),
            Hypervisor = report.LibvirtError.Length > 0 ? null : Hypervisor(host, report, at),
        };
    }

    /// <returns>Null when it can't be read; then what was known of it stays as it was.</returns>
    internal DomainRow? Read(string host, Domain domain) => Read(host, domain, time.GetUtcNow());

    /// <returns>The UUID of the domain that is gone; null when it can't be read.</returns>
    internal Guid? Read(string host, DomainGone gone)
    {
        if (Guid.TryParseExact(gone.Uuid, "D", out var uuid))
        {
            return uuid;
        }

        log.LogError("{Host} says that a domain '{Uuid}' is gone, which is no UUID; look at that host's executor", host, gone.Uuid);
        return null;
    }

    private HypervisorReport Hypervisor(string host, NodeReport report, DateTimeOffset at)
    {
        var rows = report.Domains.Select(domain => Read(host, domain, at)).ToList();
        var readable = rows.OfType<DomainRow>().DistinctBy(row => row.Uuid).ToList();
        return new HypervisorReport
        {
            Name = report.Hypervisor,
            Architecture = report.Architecture,
            CpuModel = report.CpuModel,
            MemoryMib = ProtoMapping.Clamp(report.MemoryMib),
            Vcpus = (int)Math.Min(report.Vcpus, int.MaxValue),
            Abilities = FactMapping.ToAbilities(report),
            Domains = readable,
            IsComplete = !rows.Contains(null),
        };
    }

    private DomainRow? Read(string host, Domain domain, DateTimeOffset at)
    {
        var row = ProtoMapping.ToRow(domain, host, at, out var faults);
        if (row is null)
        {
            log.LogError(
                "{Host} reports a domain '{Domain}' {Uuid} that can't be read: {Faults}. What was known of it is kept; look at "
                + "that host's executor", host, domain.Name, domain.Uuid, string.Join("; ", faults));
        }

        return row;
    }

    // Two storages of one id on one host would make "shared" ambiguous, and one without an id can't be shared at all.
    private List<StorageView> Storages(string host, NodeReport report)
    {
        var views = new List<StorageView>();
        foreach (var storage in report.Storages)
        {
            if (storage.Id.Length == 0 || storage.Path.Length == 0 || views.Exists(view => view.Id == storage.Id))
            {
                log.LogError(
                    "{Host} reports a storage '{Storage}' at '{Path}' that is left out: its id or path is empty, or its id is "
                    + "there twice. Look at the marker files of that host's storages", host, storage.Id, storage.Path);
            }
            else
            {
                views.Add(ProtoMapping.ToView(storage));
            }
        }

        return views;
    }
}
