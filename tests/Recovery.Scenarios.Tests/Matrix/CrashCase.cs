using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Mutants;
using Recovery.Scenarios.Tests.Scripts;
using Recovery.Scenarios.Tests.Truth;

namespace Recovery.Scenarios.Tests.Matrix;

/// <summary>
/// A recovery of three instances, one with a volume, one that stays off, one plain, in which whoever is there dies at
/// given moments.
/// </summary>
/// <param name="End">How it all was in the end.</param>
/// <param name="Moments">How many moments there were at which somebody could have died.</param>
/// <param name="Violation">What was wrong; null when nothing was.</param>
/// <param name="Log">What happened, when somebody wants to know.</param>
internal sealed record CrashCase(string End, int Moments, Violation? Violation, IReadOnlyList<string> Log)
{
    private static readonly string[] Cluster =
    [
        "settings lease 6 fence-retry 5",
        "host node1 controller works",
        "host node2 controller works",
        "host node3 controller works",
        "guest plain on node1",
        "guest store on node1 volume 10.0.0.5",
        "guest quiet on node1 off",
        "control-plane a",
    ];

    private static readonly TimeSpan Asked = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <param name="crashes">The numbers of the moments.</param>
    /// <param name="replicas">With 2, another takes over and whoever died comes back late.</param>
    /// <param name="mutations">Guards that are taken away.</param>
    /// <param name="telling">Keeps what happened.</param>
    public static CrashCase Run(IReadOnlyCollection<int> crashes, int replicas = 1, Mutations? mutations = null, bool telling = false)
    {
        using var world = new World(mutations: mutations) { Telling = telling };
        Start.Make(world, replicas == 1 ? Cluster : [.. Cluster, "control-plane b"]);
        if (replicas > 1)
        {
            world.Crashes.ControlPlaneAway = TimeSpan.FromSeconds(25);
        }

        world.Crashes.At = crashes;
        world.Crashes.Names = telling ? [] : null;
        world.Later(Asked, () => world.Crashes.Counting = true);
        Script.Read(["at 500ms host node1 power off", "at 6s evacuate node1 insisting", "until 6s"]).Play(world);
        world.Run(Patience, () => world.Crashes.Count > 0 && world.Watcher.Journal.Names.Recoveries.Count > 0 && world.Watcher.Journal.Live == 0);
        world.Crashes.Counting = false;
        world.Run(world.Kernel.Now - world.StoryBegan + TimeSpan.FromSeconds(4));
        if (world.Watcher.Journal.Live > 0)
        {
            world.Watcher.Broken(Invariant.Stuck, "it did not come to its end");
        }

        var twice = world.Watcher.Starts.Where(started => started.Value > 1).Select(started => world.Guests[started.Key].Name).ToList();
        if (twice.Count > 0)
        {
            world.Watcher.Broken(Invariant.TwoEnds, $"{string.Join(", ", twice)} was started more than once");
        }

        return new CrashCase(EndOf(world), world.Crashes.Count, world.Watcher.Violation, [.. world.Log, .. world.Crashes.Names ?? []]);
    }

    // All but the times, the epochs, and in which order things were found.
    private static string EndOf(World world)
    {
        var connected = world.Hosts.Where(host => host.Powered)
            .SelectMany(host => host.Connected.Select(each => $"{world.Guests[each.Instance].Name} {each.Disk} is connected to {host.Name}"))
            .Order(StringComparer.Ordinal);
        var locks = $"{world.Database.Count("SELECT COUNT(*) FROM Locks")} locks";
        return string.Join('\n', [.. Story.End(world).Select(line => System.Text.RegularExpressions.Regex.Replace(line, "epoch [0-9]+", "epoch")), .. connected, locks]);
    }
}
