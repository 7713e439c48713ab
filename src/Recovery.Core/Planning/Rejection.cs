namespace Recovery.Core.Planning;

/// <summary>Why a host can't take an instance: a closed set, so that tools can act on it.</summary>
public enum RejectionKind
{
    /// <summary>It is one of the hosts that are being recovered from.</summary>
    IsSource,

    /// <summary>The request names its targets, and this is none of them.</summary>
    NotRequested,

    /// <summary>The request keeps instances away from it.</summary>
    Excluded,

    /// <summary>It is silent, was never seen, or its libvirt does not answer.</summary>
    NotUp,

    /// <summary>An operator keeps instances away from it.</summary>
    InMaintenance,

    /// <summary>It was recovered from and not yet proven clean.</summary>
    Quarantined,

    /// <summary>It has a domain of this UUID already: a stale copy that somebody must look at first.</summary>
    HasStaleDomain,

    /// <summary>It does not see a storage that a disk or file of the instance lives in.</summary>
    StorageMissing,

    /// <summary>A disk or file lives on no shared storage at all: no other host can have it.</summary>
    DiskNotShared,

    /// <summary>It was asked to reach a volume's backend, and could not.</summary>
    VolumeUnreachable,

    /// <summary>Not enough free memory.</summary>
    MemoryShort,

    /// <summary>Not enough free virtual processors.</summary>
    VcpusShort,

    /// <summary>Not enough room for disks on the host itself.</summary>
    DiskShort,

    /// <summary>It gives a class of its room only in other amounts.</summary>
    UnitMismatch,

    /// <summary>Not enough free huge pages.</summary>
    PagesShort,

    /// <summary>Its NUMA cells can't hold the guest's nodes.</summary>
    NumaMismatch,

    /// <summary>libvirt says that its processor lacks what the guest's has.</summary>
    CpuIncompatible,

    /// <summary>Another architecture, or another kind of virtualization.</summary>
    ArchitectureMissing,

    /// <summary>It can't emulate the machine type.</summary>
    MachineTypeMissing,

    /// <summary>It lacks a loader, ROM or table that the guest starts with.</summary>
    FirmwareMissing,

    /// <summary>It has no bridge or network of this name.</summary>
    NetworkMissing,

    /// <summary>It has too few free PCI or mediated devices of a class.</summary>
    DeviceMissing,

    /// <summary>The members of the instance's group must all be on another host.</summary>
    BreaksAffinity,

    /// <summary>It has as many members of the instance's group as one host may have.</summary>
    BreaksAntiAffinity,

    /// <summary>It is in another availability zone.</summary>
    OutsideZone,

    /// <summary>It is in none of the aggregates that the instance is bound to.</summary>
    OutsideAggregates,

    /// <summary>It lacks a trait that the instance requires.</summary>
    TraitMissing,

    /// <summary>It has a trait that the instance forbids.</summary>
    TraitForbidden,

    /// <summary>Its executor would not define the instance there.</summary>
    DefinitionRefused,

    /// <summary>In a cloud: neither Nova nor an executor can bring it up there, or not by the way that was wished.</summary>
    NoRoute,

    /// <summary>The instance's owner does not want it recovered; true of every host.</summary>
    OptedOut,

    /// <summary>Instances of this class heal themselves and are left alone; true of every host.</summary>
    ClassExcluded,

    /// <summary>Somebody else has to move the instance, such as Nova's own evacuate; true of every host.</summary>
    HandedOver,

    /// <summary>The instance waits for itself by way of others; true of every host.</summary>
    DependencyCycle,
}

/// <summary>One reason, with the numbers in the sentence.</summary>
/// <param name="Host">The host that rejects; empty for what is true of every host.</param>
public sealed record Rejection(string Host, RejectionKind Kind, string Sentence);
