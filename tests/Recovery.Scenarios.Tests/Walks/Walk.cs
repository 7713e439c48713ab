using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;
using Recovery.Scenarios.Tests.Mutants;
using Recovery.Scenarios.Tests.Scripts;
using Recovery.Scenarios.Tests.Truth;

namespace Recovery.Scenarios.Tests.Walks;

/// <summary>
/// A story that nobody thought of: a cluster, and what happens to it, by the throw of dice. When it is told, all that
/// was broken is mended, and everything has to come to its end.
/// </summary>
/// <param name="Seed">The same story again; also how long things take in it, and who comes first.</param>
/// <param name="Start">What is there, in the words of a scenario.</param>
/// <param name="Lines">What happens, in the words of a scenario.</param>
internal sealed record Walk(int Seed, IReadOnlyList<string> Start, IReadOnlyList<string> Lines)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(12);

    public static Walk Of(int seed) => new WalkGenerator(seed).Make();

    public Violation? Run(Mutations? mutations = null, Action<World>? beforehand = null, Action<World>? afterwards = null, bool telling = false)
    {
        using var world = new World(new Random(Seed), mutations) { Telling = telling };
        beforehand?.Invoke(world);
        Scripts.Start.Make(world, Start);
        Script.Read(Lines).Play(world);
        if (world.Watcher.Violation is null)
        {
            Mend(world);
        }

        if (world.Watcher.Violation is null)
        {
            world.Watcher.LookForSecrets();
        }

        afterwards?.Invoke(world);
        return world.Watcher.Violation;
    }

    public override string ToString() =>
        $"seed {Seed}\n-- start.txt\n{string.Join('\n', Start)}\n-- script.txt\n{string.Join('\n', Lines)}";

    private static void Mend(World world)
    {
        world.Say("everything is mended");
        var verbs = new Verbs(world);
        foreach (var host in world.Hosts)
        {
            host.Faults.Clear();
            host.LostPortals.Clear();
            if (host.Controller is { } controller)
            {
                controller.Mood = ControllerMood.Works;
            }

            foreach (var controlPlane in world.ControlPlanes.Keys)
            {
                world.Network.Set(controlPlane, host.Name, Wire.LinkState.Up);
                world.Network.Delay(controlPlane, host.Name, TimeSpan.Zero);
            }

            if (host.Powered)
            {
                host.StartLibvirt();
                host.StartExecutor();
            }
        }

        world.LostDisks.Clear();
        world.SelfFenceFails.Clear();
        foreach (var controlPlane in world.ControlPlanes.Values)
        {
            controlPlane.Start();
        }

        // A moment for heartbeats; then somebody goes and looks at what stays dark, as often as it takes.
        for (var waited = TimeSpan.Zero; waited < Patience; waited += TimeSpan.FromSeconds(20))
        {
            For(waited > TimeSpan.Zero ? 0 : 6);
            world.Run(world.Kernel.Now - world.StoryBegan + TimeSpan.FromSeconds(17), () => world.Watcher.Journal.Live == 0);
            For(1);
            if (world.Watcher.Journal.Live == 0 || world.Watcher.Violation is not null)
            {
                return;
            }

            foreach (var host in world.Hosts.Where(host => !host.Powered))
            {
                verbs.Do($"attest {host.Name} by Walker truthfully");
            }
        }

        world.Watcher.Broken(Invariant.Stuck, $"{world.Watcher.Journal.Live} recoveries did not come to their end: {string.Join("; ", Story.End(world).Skip(2).Take(4))}");

        void For(int seconds) => world.Run(world.Kernel.Now - world.StoryBegan + TimeSpan.FromSeconds(seconds));
    }
}
