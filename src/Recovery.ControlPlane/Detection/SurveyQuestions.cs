using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Detection;

/// <summary>What every host is asked: all that some instance of the cluster would need of it and no host tells by itself.</summary>
/// <param name="Cpus">Every processor that a definition asks for.</param>
/// <param name="Portals">Every iSCSI portal that a volume is behind.</param>
/// <param name="Firmware">Every firmware file that a definition names.</param>
public sealed record SurveyQuestions(
    IReadOnlySet<CpuQuestion> Cpus, IReadOnlySet<SurveyPortal> Portals, IReadOnlySet<string> Firmware)
{
    public static readonly SurveyQuestions None =
        new(new HashSet<CpuQuestion>(), new HashSet<SurveyPortal>(), new HashSet<string>());

    public bool IsEmpty => Cpus.Count + Portals.Count + Firmware.Count == 0;

    /// <summary>All of the other's questions are among these.</summary>
    public bool Contain(SurveyQuestions other) =>
        Cpus.IsSupersetOf(other.Cpus) && Portals.IsSupersetOf(other.Portals) && Firmware.IsSupersetOf(other.Firmware);

    public static async Task<SurveyQuestions> ReadAsync(RecoveryDbContext database, CancellationToken cancellationToken)
    {
        var domains = await database.Domains.AsNoTracking()
            .Select(row => new DomainRow
            {
                Host = row.Host,
                Uuid = row.Uuid,
                Name = "",
                State = row.State,
                Definition = "",
                ReportedAt = default,
                Disks = row.Disks,
                Requirements = row.Requirements,
                CpuXml = row.CpuXml,
            })
            .ToListAsync(cancellationToken);
        var cpus = await CpuQuestions.ReadAsync(database, cancellationToken);
        return new SurveyQuestions(
            domains.Select(cpus.Of).OfType<CpuQuestion>().ToHashSet(),
            domains.SelectMany(row => row.Disks).Select(disk => disk.Iscsi).OfType<IscsiLun>()
                .Select(lun => new SurveyPortal(lun.Backend, lun.PortalHost, lun.PortalPort)).ToHashSet(),
            domains.SelectMany(row => row.Requirements.Firmware).ToHashSet(StringComparer.Ordinal));
    }
}

/// <param name="Backend">As hosts and disks name it: <c>iscsi 10.0.0.5:3260</c>.</param>
/// <param name="Host">Name or address.</param>
/// <param name="Port">TCP port.</param>
public sealed record SurveyPortal(string Backend, string Host, int Port);
