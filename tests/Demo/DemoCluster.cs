using Recovery.Labs;

namespace Recovery.Demo;

/// <summary>A guest of the demo, and what is special about it.</summary>
internal sealed record DemoGuest(string Name, Guid Id, string? Volume, string Storage, bool Off)
{
    public string Describe() => string.Join(", ", new[]
    {
        Volume is null ? "disk only" : "with an iSCSI volume",
        Storage == DemoCluster.Pair ? "its storage is shared with node2 only" : null,
        Off ? "shut off" : null,
    }.Where(part => part is not null));
}

/// <summary>
/// Hosts, and guests on node1: every other one with a data volume, one shut off, one whose storage only node2 shares.
/// </summary>
internal sealed class DemoCluster(Lab lab, IReadOnlyList<DemoGuest> guests)
{
    public const string Source = "node1";
    public const string Pair = "pair";

    private static readonly string[] Names = ["web1", "shop", "web2", "orders", "archive", "ledger"];

    public Lab Lab => lab;

    public IReadOnlyList<DemoGuest> Guests => guests;

    public static LabOptions LabFor(DemoOptions options) => new()
    {
        Name = options.Lab,
        Subnet = options.Subnet,
        Hosts = options.Hosts,
        ExecutorBinary = options.Executor,
        Storages =
        [
            new StorageOption("shared"),
            new StorageOption(Pair)
            {
                SeenBy = new Dictionary<string, string> { ["node1"] = "/srv/pair", ["node2"] = "/mnt/pair" },
            },
        ],
    };

    public static async Task<DemoCluster> PopulateAsync(Lab lab, int instances, CancellationToken cancellationToken)
    {
        var guests = new List<DemoGuest>();
        for (var number = 0; number < instances; number++)
        {
            guests.Add(await AddAsync(lab, number, cancellationToken));
        }

        var cluster = new DemoCluster(lab, guests);
        await cluster.AllBeatAsync(cancellationToken);
        return cluster;
    }

    private static async Task<DemoGuest> AddAsync(Lab lab, int number, CancellationToken cancellationToken)
    {
        var name = number < Names.Length ? Names[number] : $"guest{number + 1:00}";
        var volume = number % 2 == 1 ? $"{name}-data" : null;
        var storage = number % 6 == 5 ? Pair : "shared";
        if (volume is not null)
        {
            await lab.AddVolumeAsync(volume, cancellationToken: cancellationToken);
        }

        var guest = await lab.AddGuestAsync(
            new GuestOptions(name, Source) { Volume = volume, Storage = storage, Start = number % 6 != 4 }, cancellationToken);
        return new DemoGuest(name, guest.Uuid, volume, storage, Off: number % 6 == 4);
    }

    // A guest that has not written its generation yet would prove nothing afterwards.
    private async Task AllBeatAsync(CancellationToken cancellationToken)
    {
        foreach (var guest in guests.Where(guest => !guest.Off))
        {
            await lab.StoryAsync(guest.Name, story => story.LastBeat > 0, TimeSpan.FromSeconds(60), cancellationToken);
        }
    }
}
