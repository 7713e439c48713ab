namespace Recovery.Labs;

/// <summary>What a guest shall be.</summary>
public sealed record GuestOptions(string Name, string Host)
{
    public string Storage { get; init; } = "shared";

    /// <summary>The name of an iSCSI volume of the lab, or null. Two guests over one volume are a split brain: that is how a test makes one.</summary>
    public string? Volume { get; init; }

    public int MemoryMiB { get; init; } = 8;
    public bool Start { get; init; } = true;

    /// <summary>Null: a random one.</summary>
    public Guid? Uuid { get; init; }

    /// <summary>"pc" or "q35".</summary>
    public string Machine { get; init; } = "pc";
}

/// <summary>A canary of the lab.</summary>
/// <param name="MacAddress">Of its one interface, on bridge br0 of whatever host it runs on.</param>
/// <param name="Volume">The name of its volume, or null.</param>
public sealed record LabGuest(string Name, Guid Uuid, string Storage, string? Volume, int MemoryMiB, string Machine, string MacAddress)
{
    /// <summary>Its directory on a storage that a host sees at this path.</summary>
    internal string DirectoryIn(string storagePath) => $"{storagePath}/{Name}";
}
