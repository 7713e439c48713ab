using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;

namespace Recovery.Labs;

/// <summary>The command `recovery-lab`: the library from a terminal, and nothing more.</summary>
internal static class LabCommands
{
    private static readonly Option<string> LabName = new("--lab") { Description = "Name of the lab", DefaultValueFactory = _ => "demo", Recursive = true };
    private static readonly Option<bool> AsJson = new("--json") { Description = "One JSON document" };
    private static readonly Argument<string> HostName = new("host") { Description = "node1, node2, …" };

    public static RootCommand Root() => new("Real hypervisors on one machine, with a power cord to each.")
    {
        LabName,
        Up(), Down(), List(),
        OnHost("power-off", "Pull the power cord of a host: everything on it is gone at once", (host, cancel) => host.PowerOffAsync(cancel)),
        OnHost("power-on", "Switch a host on; guests stay off", (host, cancel) => host.PowerOnAsync(cancel)),
        CutHost(),
        OnHost("join", "Put the network cable of a host back in", (host, cancel) => host.JoinAsync(cancel)),
        OnHost("kill-executor", "kill -9 for the executor of a host", (host, cancel) => host.Executor.KillAsync(cancel)),
        OnHost("start-executor", "Start the executor of a host", (host, cancel) => host.Executor.StartAsync(cancel)),
        AddGuest(), AddVolume(), Story(), Exec(),
    };

    private static Command Up()
    {
        var subnet = new Option<int>("--subnet") { Description = "The lab's network is 10.N.0.0/24", DefaultValueFactory = _ => 77 };
        var hosts = new Option<int>("--hosts") { Description = "How many hypervisors", DefaultValueFactory = _ => 3 };
        var storages = new Option<string[]>("--storage")
        {
            Description = "NAME, or NAME=node1,node2:/mnt/there: a directory that these hosts share, at /srv/NAME unless a path is given; may be repeated",
            DefaultValueFactory = _ => ["shared"],
        };
        var executor = new Option<FileInfo?>("--executor") { Description = "The published recovery-executor; without it the hosts have none" };
        return With("up", "Build a lab and switch it on; an earlier one of this name is cleared away first", [subnet, hosts, storages, executor], async (result, cancel) =>
        {
            var options = new LabOptions
            {
                Name = result.GetRequiredValue(LabName),
                Subnet = result.GetValue(subnet),
                Hosts = result.GetValue(hosts),
                Storages = [.. result.GetRequiredValue(storages).Select(ParseStorage)],
                ExecutorBinary = result.GetValue(executor)?.FullName,
            };
            var begin = TimeProvider.System.GetTimestamp();
            await using var lab = await Lab.UpAsync(options, cancel);
            lab.Keep();
            Console.WriteLine($"Lab \"{lab.Name}\" is up after {TimeProvider.System.GetElapsedTime(begin).TotalSeconds:0.0} s: " +
                $"{string.Join(", ", lab.Hosts.Select(h => $"{h.Name} {h.Address}"))}; volumes at {lab.StoragePortal}.");
        });
    }

    private static Command Down() => With("down", "Take a lab away, or what a crash left of it", [], (result, cancel) =>
        Lab.DownAsync(result.GetRequiredValue(LabName), cancel));

    private static Command List() => With("list", "Hosts, guests and volumes", [AsJson], async (result, cancel) =>
    {
        await using var lab = await OpenAsync(result, cancel);
        var listing = await lab.ListAsync(cancel);
        Console.Write(result.GetValue(AsJson) ? Json(listing) : ListingText.Of(listing));
    });

    private static Command CutHost()
    {
        var keepStorage = new Option<bool>("--keep-storage") { Description = "The host still reaches its volumes, as over a storage network" };
        return With("cut", "Cut a host from the network; its guests run on", [HostName, keepStorage], async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            await lab.Host(result.GetRequiredValue(HostName)).CutAsync(result.GetValue(keepStorage) ? Cut.ButStorage : Cut.Everything, cancel);
        });
    }

    private static Command AddGuest()
    {
        var name = new Argument<string>("name");
        var storage = new Option<string>("--storage") { Description = "Where its boot disk is", DefaultValueFactory = _ => "shared" };
        var volume = new Option<string?>("--volume") { Description = "An iSCSI volume of the lab" };
        var memory = new Option<int>("--memory-mib") { DefaultValueFactory = _ => 8 };
        var off = new Option<bool>("--off") { Description = "Define it, but don't start it" };
        return With("add-guest", "Create a canary on a host", [name, HostName, storage, volume, memory, off], async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            var guest = await lab.AddGuestAsync(new GuestOptions(result.GetRequiredValue(name), result.GetRequiredValue(HostName))
            {
                Storage = result.GetRequiredValue(storage),
                Volume = result.GetValue(volume),
                MemoryMiB = result.GetValue(memory),
                Start = !result.GetValue(off),
            }, cancel);
            Console.WriteLine(guest.Uuid);
        });
    }

    private static Command AddVolume()
    {
        var name = new Argument<string>("name");
        var size = new Option<int>("--size-mib") { DefaultValueFactory = _ => 4 };
        return With("add-volume", "Create an iSCSI volume with a CHAP account", [name, size], async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            Console.WriteLine((await lab.AddVolumeAsync(result.GetRequiredValue(name), result.GetValue(size), cancel)).TargetName);
        });
    }

    private static Command Story()
    {
        var guest = new Argument<string>("guest");
        return With("story", "What a guest has said on its serial port, run by run", [guest, AsJson], async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            var name = result.GetRequiredValue(guest);
            var (story, where) = (await lab.StoryAsync(name, cancel), await lab.WhereIsAsync(name, cancel));
            Console.Write(result.GetValue(AsJson)
                ? Json(new { guest = name, story.Runs, story.Generation, story.LastBeat, story.SplitBrain, story.Faults, on = where })
                : ListingText.Of(story, where));
        });
    }

    private static Command Exec()
    {
        var line = new Argument<string[]>("command") { Arity = ArgumentArity.OneOrMore, Description = "After --: the command and its arguments" };
        var command = new Command("exec", "Run a command inside a host") { HostName, line };
        command.SetAction(async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            var inside = lab.Host(result.GetRequiredValue(HostName)).CommandInside(result.GetRequiredValue(line));
            using var process = Process.Start(new ProcessStartInfo(inside[0], inside.Skip(1)))!;
            // Ctrl-C is for the command inside, which decides itself what to do with it.
            await process.WaitForExitAsync(CancellationToken.None);
            return process.ExitCode;
        });
        return command;
    }

    private static Command OnHost(string name, string description, Func<LabHost, CancellationToken, Task> action) =>
        With(name, description, [HostName], async (result, cancel) =>
        {
            await using var lab = await OpenAsync(result, cancel);
            await action(lab.Host(result.GetRequiredValue(HostName)), cancel);
        });

    private static Command With(string name, string description, Symbol[] symbols, Func<ParseResult, CancellationToken, Task> action)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Option option) command.Options.Add(option);
            else if (symbol is Argument argument) command.Arguments.Add(argument);
        }

        command.SetAction((result, cancel) => action(result, cancel));
        return command;
    }

    private static Task<Lab> OpenAsync(ParseResult result, CancellationToken cancellationToken) =>
        Lab.OpenAsync(result.GetRequiredValue(LabName), cancellationToken);

    // NAME | NAME=HOST[:PATH],HOST[:PATH]…
    internal static StorageOption ParseStorage(string text)
    {
        var (name, hosts) = text.Split('=', 2) is [var n, var h] ? (n, h) : (text, null);
        var seenBy = hosts?.Split(',').Select(h => h.Split(':', 2)).ToDictionary(h => h[0], h => h.Length > 1 ? h[1] : $"/srv/{name}");
        return new StorageOption(name) { SeenBy = seenBy };
    }

    private static string Json<T>(T document) => JsonSerializer.Serialize(document, LabState.Json) + "\n";
}
