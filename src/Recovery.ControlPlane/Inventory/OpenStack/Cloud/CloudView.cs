namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>The cloud at one moment, as its databases tell it: all that a plan needs, and nothing that only a step needs.</summary>
/// <param name="At">When it was read, UTC.</param>
/// <param name="Cells">All but cell0 and the disabled ones.</param>
/// <param name="Hosts">Every nova-compute of every cell that could be read, by name.</param>
/// <param name="Instances">Every instance that has a host and is not deleted.</param>
/// <param name="Faults">What could not be read, a sentence each; what is left is true all the same.</param>
public sealed record CloudView(
    DateTimeOffset At,
    IReadOnlyList<CellView> Cells,
    IReadOnlyList<CloudHost> Hosts,
    IReadOnlyList<CloudInstance> Instances,
    IReadOnlyList<string> Faults);

/// <summary>A cell (nova_api.cell_mappings).</summary>
/// <param name="Unreadable">Why its hosts and instances are missing here; null when they are not.</param>
public sealed record CellView(string Name, Guid Uuid, string? Unreadable = null);

/// <summary>A nova-compute and its resource provider.</summary>
public sealed record CloudHost
{
    /// <summary>services.host: what instances.host says.</summary>
    public required string Name { get; init; }

    /// <summary>compute_nodes.hypervisor_hostname: what instances.node says.</summary>
    public required string Node { get; init; }

    public required string Cell { get; init; }

    /// <summary>compute_nodes.host_ip.</summary>
    public string Address { get; init; } = "";

    public bool Disabled { get; init; }

    public string DisabledReason { get; init; } = "";

    public bool ForcedDown { get; init; }

    /// <summary>services.last_seen_up, UTC; null when it never was.</summary>
    public DateTimeOffset? LastSeenUp { get; init; }

    /// <summary>Of the aggregate that names one, else Nova's default.</summary>
    public required string Zone { get; init; }

    /// <summary>Names of nova_api.aggregates.</summary>
    public IReadOnlySet<string> Aggregates { get; init; } = new HashSet<string>();

    /// <summary>aggregate_metadata of all its aggregates: every value that a key has.</summary>
    public IReadOnlyDictionary<string, IReadOnlySet<string>> AggregateMetadata { get; init; } = new Dictionary<string, IReadOnlySet<string>>();

    public IReadOnlySet<string> Traits { get; init; } = new HashSet<string>();

    /// <summary>Its provider in Placement; null when it has none, and nothing can be moved there then.</summary>
    public ProviderView? Provider { get; init; }

    /// <summary>Evacuations from it that its nova-compute has not cleaned up after: migrations of status accepted, pre-migrating or done.</summary>
    public int OpenEvacuations { get; init; }
}

/// <summary>placement.resource_providers, with its inventories by the class's name: <c>VCPU</c>, <c>MEMORY_MB</c>, <c>DISK_GB</c>.</summary>
public sealed record ProviderView(int Id, Guid Uuid, IReadOnlyDictionary<string, ProviderInventory> Inventories);

/// <summary>placement.inventories, and the sum of placement.allocations.used.</summary>
public sealed record ProviderInventory(
    int Total, int Reserved, int MinUnit, int MaxUnit, int StepSize, double AllocationRatio, long Used)
{
    /// <summary>What Placement would still give away.</summary>
    public long Free => (long)((Total - Reserved) * AllocationRatio) - Used;
}

/// <summary>A row of nova.instances, with what else decides where it can go.</summary>
public sealed record CloudInstance
{
    public required Guid Uuid { get; init; }

    /// <summary>instances.id: its domain's name is made of it.</summary>
    public required int Id { get; init; }

    /// <summary>instances.display_name.</summary>
    public required string Name { get; init; }

    public required string Host { get; init; }

    public required string Node { get; init; }

    public required string Cell { get; init; }

    /// <summary><c>active</c>, <c>stopped</c>, <c>paused</c>…</summary>
    public required string VmState { get; init; }

    /// <summary>Null: nothing is being done to it.</summary>
    public string? TaskState { get; init; }

    public int PowerState { get; init; }

    public required int MemoryMib { get; init; }

    public required int Vcpus { get; init; }

    public int RootGib { get; init; }

    public int EphemeralGib { get; init; }

    /// <summary>The zone that it was asked for in; empty when its owner asked for none (nova_api.request_specs).</summary>
    public string RequestedZone { get; init; } = "";

    public string ImageRef { get; init; } = "";

    /// <summary>Without <c>/dev/</c>.</summary>
    public string RootDevice { get; init; } = "vda";

    public bool ConfigDrive { get; init; }

    /// <summary>Flavor extra specs, where they have any.</summary>
    public IReadOnlyDictionary<string, string> ExtraSpecs { get; init; } = new Dictionary<string, string>();

    /// <summary>Traits that its image requires (system_metadata <c>image_trait:…</c>), as in extra specs: name → required or forbidden.</summary>
    public IReadOnlyDictionary<string, string> ImageTraits { get; init; } = new Dictionary<string, string>();

    /// <summary>What its image asks for of a TPM and of encrypted memory: <c>hw_tpm_version</c>, <c>hw_tpm_model</c>, <c>hw_mem_encryption</c>.</summary>
    public IReadOnlyDictionary<string, string> ImageProperties { get; init; } = new Dictionary<string, string>();

    /// <summary>Its NUMA topology is set: pinned processors, huge pages or NUMA nodes.</summary>
    public bool HasNumaTopology { get; init; }

    public bool HasPciRequests { get; init; }

    public bool HasVpmems { get; init; }

    public bool HasTrustedCerts { get; init; }

    /// <summary>What it has in Placement, by provider id and class.</summary>
    public IReadOnlyList<AllocationView> Allocations { get; init; } = [];

    /// <summary>Server groups that it is a member of.</summary>
    public IReadOnlyList<ServerGroupView> Groups { get; init; } = [];

    /// <summary>Its volumes: bdms with a volume as destination.</summary>
    public IReadOnlyList<VolumeView> Volumes { get; init; } = [];

    /// <summary>Its root disk is a volume, not a file of the host.</summary>
    public bool BootsFromVolume { get; init; }

    /// <summary>vnic types of its ports that are not <c>normal</c>: <c>direct</c>, <c>macvtap</c>…</summary>
    public IReadOnlyList<string> SpecialVnicTypes { get; init; } = [];
}

public sealed record AllocationView(int ProviderId, string ResourceClass, int Used);

/// <summary>nova_api.instance_groups with its policy: <c>affinity</c>, <c>anti-affinity</c>, <c>soft-affinity</c>, <c>soft-anti-affinity</c>.</summary>
public sealed record ServerGroupView(Guid Uuid, string Name, string Policy, int MaxServerPerHost = 1);

/// <param name="Volume">Cinder's id.</param>
/// <param name="DeviceName">Without <c>/dev/</c>: <c>vdb</c>.</param>
/// <param name="Connection">How it is reached; null when the bdm does not say.</param>
/// <param name="Encrypted">Cinder says so.</param>
public sealed record VolumeView(Guid Volume, string DeviceName, VolumeConnection? Connection, bool Encrypted, bool Multiattach)
{
    /// <summary>When it was attached; 0 when unknown.</summary>
    public int SizeGib { get; init; }

    /// <summary>Why no host but its own can be given it here, for after "its volume"; null when one can.</summary>
    public string? Flaw => VolumeConnection.Flaw(Connection, Encrypted);
}
