using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>
/// What is there when a story begins, a line each:
/// <code>
/// storage shared locks
/// host node1 memory 8192 vcpus 16 storages shared,local in rack1 controller works fed-by-host
/// guest web1 on node1 memory 1024 volume 10.0.0.5 live off|paused priority 90 after db1,db2 group web anti-affinity ready agent|tcp|http within 30s after-boot 5s|never
/// control-plane a
/// settings lease 15 step 120 fence-retry 30 parallel 8 per-target 4 per-backend 8
/// </code>
/// </summary>
internal static class Start
{
    private static readonly TimeSpan Past = TimeSpan.FromSeconds(3);

    /// <summary>Builds it, and lets it live for a moment, so that everybody has heard of everybody.</summary>
    public static void Make(World world, IEnumerable<string> lines)
    {
        world.StoryBegan = world.Kernel.Now + Past;
        var controlPlanes = new List<string>();
        foreach (var words in Script.Meaningful(lines).Select(line => new Words(line)))
        {
            switch (words.Next())
            {
                case "storage":
                    var storage = words.Next();
                    if (words.Take("locks"))
                    {
                        world.LockingStorages.Add(storage);
                    }

                    break;
                case "host":
                    AddHost(world, words);
                    break;
                case "guest":
                    AddGuest(world, words);
                    break;
                case "control-plane":
                    controlPlanes.Add(words.Next());
                    break;
                case "settings":
                    world.Settings = ReadSettings(world.Settings, words);
                    break;
                default:
                    throw words.Wrong("nothing of a story's start begins like this");
            }

            if (!words.IsAtEnd)
            {
                throw words.Wrong($"\"{words.Rest()}\" is not understood");
            }
        }

        Register(world);
        var telling = world.Telling;
        world.Telling = false;
        foreach (var name in controlPlanes)
        {
            world.ControlPlanes[name] = new ControlPlaneProcess(world, name);
            world.ControlPlanes[name].Start();
        }

        foreach (var host in world.Hosts)
        {
            host.StartExecutor();
        }

        world.Run(TimeSpan.Zero);
        world.Telling = telling;
    }

    private static void AddHost(World world, Words words)
    {
        var host = world.Add(new SimulatedHost(world, words.Next()));
        while (!words.IsAtEnd)
        {
            switch (words.Next())
            {
                case "memory":
                    host.MemoryMib = (ulong)words.Number();
                    break;
                case "vcpus":
                    host.Vcpus = (uint)words.Number();
                    break;
                case "storages":
                    host.Storages.Clear();
                    host.Storages.AddRange(words.List());
                    break;
                case "in":
                    host.FailureDomain = words.Next();
                    break;
                case "spare":
                    host.Spare = true;
                    break;
                case "controller":
                    host.Controller = new PowerController(host) { Mood = words.OneOf<ControllerMood>() };
                    break;
                case "fed-by-host":
                    host.Controller!.FedByHost = true;
                    break;
                default:
                    throw words.Wrong("a host has no such thing");
            }
        }
    }

    private static void AddGuest(World world, Words words)
    {
        var guest = new GuestSpec
        {
            Name = words.Next(),
            Id = new Guid(world.Guests.Count + 1, 0, 0, new byte[8]),
            Host = words.Take("on") ? words.Next() : throw words.Wrong("on which host?"),
        };
        while (!words.IsAtEnd)
        {
            guest = words.Next() switch
            {
                "memory" => guest with { MemoryMib = (ulong)words.Number() },
                "storage" => guest with { Storage = words.Next() },
                "volume" => guest with { Portal = words.Next() },
                "live" => guest with { LiveVolume = true },
                "off" => guest with { State = DomainState.ShutOff },
                "paused" => guest with { State = DomainState.Paused },
                "priority" => guest with { Priority = (uint)words.Number() },
                "after" => guest with { After = words.List() },
                "group" => guest with { Groups = [(words.Next(), words.Next())] },
                "no-autostart" => guest with { Autostart = false },
                "ready" => guest with { Ready = ReadGate(words) },
                "after-boot" => guest with { ReadyAfter = words.Take("never") ? null : words.Time() },
                var what => throw words.Wrong($"a guest has no \"{what}\""),
            };
        }

        world.Add(guest);
    }

    private static ReadinessGate ReadGate(Words words)
    {
        var gate = words.Next() switch
        {
            "agent" => new ReadinessGate { Agent = true },
            "tcp" => new ReadinessGate { Tcp = "10.1.0.1:22" },
            "http" => new ReadinessGate { Http = "http://10.1.0.1/health", Status = 200 },
            _ => throw words.Wrong("ready by agent, tcp or http?"),
        };
        gate.WithinSeconds = words.Take("within") ? (uint)words.Time().TotalSeconds : 0;
        return gate;
    }

    private static Settings ReadSettings(Settings settings, Words words)
    {
        while (!words.IsAtEnd)
        {
            settings = words.Next() switch
            {
                "lease" => settings with { LeaseSeconds = words.Number() },
                "step" => settings with { StepSeconds = words.Number() },
                "fence-retry" => settings with { FenceRetrySeconds = words.Number() },
                "parallel" => settings with { MaxParallel = words.Number() },
                "per-target" => settings with { MaxParallelPerTarget = words.Number() },
                "per-backend" => settings with { MaxParallelPerBackend = words.Number() },
                var what => throw words.Wrong($"there is no setting \"{what}\""),
            };
        }

        return settings;
    }

    // As an operator would have, long ago, with PUT /v1/hosts/{name}.
    private static void Register(World world)
    {
        using var context = new RecoveryDbContext(
            new Microsoft.EntityFrameworkCore.DbContextOptionsBuilder<RecoveryDbContext>().UseConnection(world.Database.Connection).Options);
        foreach (var host in world.Hosts)
        {
            context.Hosts.Add(new HostRow
            {
                Name = host.Name,
                Executor = host.Address,
                FailureDomain = host.FailureDomain,
                Spare = host.Spare,
                RegisteredAt = world.Kernel.Now,
                Fencing = host.Controller is null ? [] :
                [
                    new FenceLevel("fence_sim", new Dictionary<string, string>(), new Dictionary<string, string> { ["password"] = "bmc" }, 20, 2),
                ],
            });
        }

        context.SaveChanges();
        world.Database.Forget();
    }

    private static Microsoft.EntityFrameworkCore.DbContextOptionsBuilder<RecoveryDbContext> UseConnection(
        this Microsoft.EntityFrameworkCore.DbContextOptionsBuilder<RecoveryDbContext> builder, Microsoft.Data.Sqlite.SqliteConnection connection)
    {
        Microsoft.EntityFrameworkCore.SqliteDbContextOptionsBuilderExtensions.UseSqlite(builder, connection);
        return builder;
    }
}
