namespace Recovery.Core.Planning;

/// <summary>Why a host can't take an instance: a closed set, so that tools can act on it.</summary>
public enum RejectionKind
{
    /// <summary>It is one of the hosts that are being recovered from.</summary>
    IsSource,

    /// <summary>The request names its targets, and this is none of them.</summary>
    NotRequested,

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

    /// <summary>Not enough free memory.</summary>
    MemoryShort,

    /// <summary>Not enough free virtual processors.</summary>
    VcpusShort,
}

/// <summary>One reason of one host, with the numbers in the sentence.</summary>
public sealed record Rejection(string Host, RejectionKind Kind, string Sentence);
