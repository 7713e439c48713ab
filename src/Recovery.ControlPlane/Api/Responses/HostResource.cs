using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>A registered host.</summary>
/// <param name="Name">As it is registered.</param>
/// <param name="Executor">Where its executor listens.</param>
/// <param name="FailureDomain">What fails together with it; empty when nobody said.</param>
/// <param name="Zone">Its availability zone; empty when nobody said.</param>
/// <param name="Aggregates">Groups of hosts that it is a member of.</param>
/// <param name="Traits">What it has beyond numbers.</param>
/// <param name="Spare">It takes instances when no other host can.</param>
/// <param name="Limits">How full it may become, where that differs from what is configured for all.</param>
/// <param name="Fencing">Ways to switch it off, in order of trial; secrets by the names of their files.</param>
/// <param name="Liveness">neverSeen, up, libvirtDown or silent. Silent is not dead.</param>
/// <param name="HeartbeatAgeSeconds">Since its executor was heard last; missing when it never was.</param>
/// <param name="ReportedAt">When its last whole report came in; missing when none ever did.</param>
/// <param name="Maintenance">It takes no instance, by an operator's wish.</param>
/// <param name="MaintenanceReason">Why.</param>
/// <param name="Quarantined">It was recovered from, and takes no instance until it is proven clean.</param>
/// <param name="QuarantinedSince">Since when; missing when it is not.</param>
/// <param name="QuarantineReason">Why, and what ends it; empty when it is not.</param>
/// <param name="RegisteredAt">When it was registered.</param>
/// <param name="ExecutorVersion">As it reported.</param>
/// <param name="Hypervisor">As it reported, for humans.</param>
/// <param name="Architecture">As it reported: x86_64.</param>
/// <param name="CpuModel">As libvirt names it.</param>
/// <param name="MemoryMib">Physical memory in MiB.</param>
/// <param name="Vcpus">Logical processors.</param>
/// <param name="Storages">What it sees; hosts with the same id share that storage.</param>
/// <param name="Abilities">What it can offer to guests.</param>
public sealed record HostResource(
    string Name,
    string Executor,
    string FailureDomain,
    string Zone,
    IReadOnlyList<string> Aggregates,
    IReadOnlyList<string> Traits,
    bool Spare,
    HostLimits Limits,
    IReadOnlyList<FenceLevel> Fencing,
    HostLiveness Liveness,
    double? HeartbeatAgeSeconds,
    DateTimeOffset? ReportedAt,
    bool Maintenance,
    string MaintenanceReason,
    bool Quarantined,
    DateTimeOffset? QuarantinedSince,
    string QuarantineReason,
    DateTimeOffset RegisteredAt,
    string ExecutorVersion,
    string Hypervisor,
    string Architecture,
    string CpuModel,
    long MemoryMib,
    int Vcpus,
    IReadOnlyList<StorageView> Storages,
    AbilitiesResource Abilities)
{
    internal static HostResource From(HostRow row, LivenessBoard liveness, DateTimeOffset now) => new(
        row.Name,
        row.Executor,
        row.FailureDomain,
        row.Zone,
        row.Aggregates,
        row.Traits,
        row.Spare,
        row.Limits,
        row.Fencing,
        liveness.Of(row.Name, row.ReportedAt is not null),
        (liveness.LastHeard(row.Name) ?? row.LastHeardAt) is { } heard ? Math.Round((now - heard).TotalSeconds, 1) : null,
        row.ReportedAt,
        row.Maintenance,
        row.MaintenanceReason,
        row.Quarantined,
        row.QuarantinedSince,
        row.QuarantineReason,
        row.RegisteredAt,
        row.ExecutorVersion,
        row.Hypervisor,
        row.Architecture,
        row.CpuModel,
        row.MemoryMib,
        row.Vcpus,
        row.Storages,
        AbilitiesResource.From(row));
}

/// <summary>A fence proof: the evidence that a host could not run its guests.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Host">The host that was off.</param>
/// <param name="Kind">executorWord: its own executor ended every guest. powerOff: a fence agent's word. storageCutOff: the storage lets it write no more. attestation: a human's word.</param>
/// <param name="At">When it was given.</param>
/// <param name="ExpiresAt">It proves nothing after this; missing when only life ends it.</param>
/// <param name="Evidence">In words.</param>
/// <param name="By">Who attested; empty for other kinds.</param>
/// <param name="VoidedAt">When the host was heard alive again; for executorWord, when a guest was seen there or it had booted.</param>
/// <param name="Valid">It still proves that the host is off.</param>
public sealed record ProofResource(
    long Id,
    string Host,
    FenceProofKind Kind,
    DateTimeOffset At,
    DateTimeOffset? ExpiresAt,
    string Evidence,
    string By,
    DateTimeOffset? VoidedAt,
    bool Valid)
{
    internal static ProofResource From(FenceProofRow row, DateTimeOffset? lastHeard, DateTimeOffset now) => new(
        row.Id,
        row.Host,
        row.Kind,
        row.At,
        row.ExpiresAt,
        row.Evidence,
        row.By,
        row.VoidedAt,
        row.VoidedAt is null && row.ToProof().IsValid(now, new HostSigns(lastHeard, GuestSeenAt: null))); // a guest that is seen voids it
}
