namespace Recovery.Labs;

/// <summary>A lab at one moment.</summary>
public sealed record LabListing(
    string Name,
    int Subnet,
    string ChapFile,
    string FenceAgent,
    IReadOnlyList<HostListing> Hosts,
    IReadOnlyList<StorageListing> Storages,
    IReadOnlyList<GuestListing> Guests,
    IReadOnlyList<VolumeListing> Volumes);

/// <param name="Power">"on" or "off".</param>
/// <param name="Network">"joined", "cut", or "cut but storage".</param>
/// <param name="Executor">"running", "stopped", or "none" when the lab has none.</param>
public sealed record HostListing(string Name, string Address, string Power, string Network, string Executor, string ExecutorEndpoint);

/// <param name="SeenBy">Host → the path where it sees the storage.</param>
public sealed record StorageListing(string Name, string Id, IReadOnlyDictionary<string, string> SeenBy);

/// <param name="On">Each live host whose libvirt knows the guest, with libvirt's word for its state.</param>
public sealed record GuestListing(
    string Name, Guid Uuid, string Storage, string? Volume, IReadOnlyDictionary<string, string> On, int Generation, int LastBeat, bool SplitBrain);

public sealed record VolumeListing(string Name, int SizeMiB, string TargetName, string Username);
