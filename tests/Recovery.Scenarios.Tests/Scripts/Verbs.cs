using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Wire;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>What a script's lines do to the world. What operators do is in <see cref="Operator"/>.</summary>
internal sealed class Verbs(World world)
{
    private readonly Operator operators = new(world);

    public void Do(string line)
    {
        var words = new Words(line);
        var verb = words.Next();
        switch (verb)
        {
            case "host":
                world.Say(line);
                OfHost(world.Host(words.Next()), words);
                break;
            case "network":
                world.Say(line);
                OfNetwork(words.Next(), words);
                break;
            case "control-plane":
                OfControlPlane(words.Next(), words);
                break;
            case "controller":
                world.Say(line);
                world.Host(words.Next()).Controller!.Mood = words.OneOf<ControllerMood>();
                break;
            case "guest":
                world.Say(line);
                OfGuest(world.Guest(words.Next()), words);
                break;
            case "disk":
                world.Say(line);
                OfDisk(world.Guest(words.Next()), words);
                break;
            case "portal":
                world.Say(line);
                OfPortal(words.Next(), words);
                break;
            case "fault":
                world.Say(line);
                world.Host(words.Next()).Faults.Add(ReadFault(words));
                break;
            case "self-fence":
                world.Say(line);
                world.SelfFenceFails.Add(words.Next());
                break;
            case "replay":
                world.Say(line);
                Replay(world.Host(words.Next()));
                break;
            default:
                operators.Do(verb, words);
                break;
        }

        if (!words.IsAtEnd)
        {
            throw words.Wrong($"\"{words.Rest()}\" is not understood");
        }
    }

    private void OfHost(SimulatedHost host, Words words)
    {
        switch (words.Next(), words.Next())
        {
            case ("power", "off"):
                host.PowerOff();
                break;
            case ("power", "on"):
                host.PowerOn();
                break;
            case ("power", "cycle"):
                host.PowerOff();
                host.PowerOn();
                break;
            case ("libvirt", "stop"):
                host.StopLibvirt();
                break;
            case ("libvirt", "start"):
                host.StartLibvirt();
                break;
            case ("executor", "kill"):
                host.KillExecutor();
                break;
            case ("executor", "start"):
                host.StartExecutor();
                break;
            case ("executor", "crash"):
                world.CrashExecutor(host, TimeSpan.FromSeconds(1));
                break;
            default:
                throw words.Wrong("a host can't do that");
        }
    }

    private void OfNetwork(string host, Words words)
    {
        LinkState? state = words.Next() switch
        {
            "cut" => LinkState.Cut,
            "join" => LinkState.Up,
            "answers-lost" => LinkState.AnswersLost,
            "delay" => null,
            _ => throw words.Wrong("cut, join, answers-lost or delay?"),
        };
        var delay = state is null ? words.Time() : TimeSpan.Zero;
        var one = words.Take("from") ? words.Next() : null;
        foreach (var controlPlane in world.ControlPlanes.Keys.Where(name => one is null || name == one))
        {
            if (state is { } link)
            {
                world.Network.Set(controlPlane, world.Host(host).Name, link);
            }
            else
            {
                world.Network.Delay(controlPlane, world.Host(host).Name, delay);
            }
        }
    }

    private void OfControlPlane(string name, Words words)
    {
        var process = world.ControlPlanes[name];
        switch (words.Next())
        {
            case "kill":
                process.Kill();
                break;
            case "start":
                process.Start();
                break;
            case "crash":
                process.Kill();
                world.Later(TimeSpan.FromSeconds(2), process.Start);
                break;
            case "freeze":
                process.Freeze(words.Time());
                break;
            default:
                throw words.Wrong("kill, start, crash or freeze?");
        }
    }

    private void OfGuest(GuestSpec guest, Words words)
    {
        var what = words.Next();
        var host = words.Take("on") ? world.Host(words.Next()) : world.HostsRunning(guest.Id).FirstOrDefault();
        if (host?.Find(guest.Id) is not { } domain || !host.Powered)
        {
            return;
        }

        host.Accident();
        switch (what)
        {
            case "dies":
                host.Turn(domain, DomainState.Crashed);
                break;
            case "shuts-down":
                host.Turn(domain, DomainState.ShutOff);
                break;
            case "started-by-hand":
                host.Turn(domain, DomainState.Running);
                break;
            case "undefined-by-hand":
                host.Remove(guest.Id);
                break;
            default:
                throw words.Wrong("a guest can't do that");
        }
    }

    private void OfDisk(GuestSpec guest, Words words)
    {
        if (words.Next() == "lost")
        {
            world.LostDisks.Add((guest.Storage, guest.Name));
        }
        else
        {
            world.LostDisks.Remove((guest.Storage, guest.Name));
        }
    }

    private void OfPortal(string portal, Words words)
    {
        var lost = words.Next() == "lost";
        var hosts = words.Take("from") ? words.List().Select(world.Host) : world.Hosts;
        foreach (var host in hosts)
        {
            _ = lost ? host.LostPortals.Add(portal) : host.LostPortals.Remove(portal);
        }
    }

    // fault node2 start of web1 libvirt-refused 2 times retry · fault node2 define hangs
    private PlannedFault ReadFault(Words words)
    {
        var action = words.OneOf<StepCommand.ActionOneofCase>();
        Guid? guest = words.Take("of") ? world.Guest(words.Next()).Id : null;
        ErrorCode? code = words.Take("hangs") ? null : words.OneOf<ErrorCode>();
        var times = words.Take("always") ? int.MaxValue : 1;
        var retry = false;
        while (!words.IsAtEnd)
        {
            if (words.Take("retry"))
            {
                retry = true;
            }
            else
            {
                times = words.Number();
                words.Take("times");
            }
        }

        return new PlannedFault { Action = action, Guest = guest, Code = code, Times = times, RetryCanHelp = retry };
    }

    // What was sent once may come again, as it was, whoever sent it.
    private void Replay(SimulatedHost host)
    {
        if (host.Executor is not { } executor)
        {
            return;
        }

        foreach (var (_, command) in world.Watcher.Sent.Where(sent => sent.Host == host).ToList())
        {
            executor.Strand.Begin(() => executor.RunAsync(command.Clone(), _ => { }, CancellationToken.None));
        }
    }
}
