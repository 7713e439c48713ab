using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Recovery.Labs;

/// <summary>Takes a lab away, whole or in the pieces that a crash left. Goes by what is there, not by what should be.</summary>
internal static class Teardown
{
    public static async Task RunAsync(LabState state, CancellationToken cancellationToken)
    {
        var subnet = await RecordedSubnetAsync(state, cancellationToken);
        LabControlPlane.Remove(state.Lab);
        PowerController.RemoveAll(state);
        await PullAllCordsAsync(state, cancellationToken);
        await SweepNamespacesAsync(state.Lab, cancellationToken);
        await SweepInterfacesAsync(new LabNetwork(state.Lab, subnet ?? 0), cancellationToken);
        await DeleteAsync(state.Directory, cancellationToken);
        if (Directory.Exists(LabState.Root) && !Directory.EnumerateFileSystemEntries(LabState.Root).Any()) Directory.Delete(LabState.Root);
    }

    private static async Task<int?> RecordedSubnetAsync(LabState state, CancellationToken cancellationToken)
    {
        if (!File.Exists(state.OptionsFile)) return null;
        try
        {
            return (await LabState.ReadJsonAsync<LabOptions>(state.OptionsFile, cancellationToken)).Subnet;
        }
        catch (JsonException)
        {
            return null; // Written by another version: what it made is found by its names.
        }
    }

    private static async Task PullAllCordsAsync(LabState state, CancellationToken cancellationToken)
    {
        if (!File.Exists($"{state.Tools}/power-cord") || !Directory.Exists(state.Machines)) return;
        var machines = Directory.EnumerateDirectories(state.Machines).Where(d => File.Exists($"{d}/machine.env"));
        await Task.WhenAll(machines.Select(d => new Machine(state, Path.GetFileName(d)).PowerOffAsync(cancellationToken)));
    }

    // Namespaces whose machine has no record any more: somebody removed the state of a running lab.
    private static async Task SweepNamespacesAsync(string lab, CancellationToken cancellationToken)
    {
        const string Mounted = "/run/netns";
        if (!Directory.Exists(Mounted)) return;
        var ours = new Regex($"^rlab-{Regex.Escape(lab)}-(node[0-9]+|{LabNetwork.StorageName})$");
        foreach (var name in Directory.EnumerateFiles(Mounted).Select(f => Path.GetFileName(f)).Where(n => ours.IsMatch(n)))
        {
            while ((await Tool.TryAsync("ip", ["netns", "pids", name], cancellationToken)).Output is { Length: > 0 } pids)
            {
                foreach (var pid in pids.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(p => int.Parse(p, CultureInfo.InvariantCulture)))
                    await Tool.TryAsync("kill", ["-KILL", $"{pid}"], cancellationToken);
                await Task.Delay(20, cancellationToken);
            }

            await Tool.RunAsync("ip", ["netns", "del", name], cancellationToken);
        }

        // `ip netns add` mounted the directory; the last one out puts it back. It refuses while anybody has a namespace in it.
        if (!Directory.EnumerateFileSystemEntries(Mounted).Any()) await Tool.TryAsync("umount", [Mounted], cancellationToken);
    }

    // By alias; and the bridge of an `up` that was ended between making it and naming it.
    private static async Task SweepInterfacesAsync(LabNetwork network, CancellationToken cancellationToken)
    {
        foreach (var name in Interfaces.Names())
        {
            var alias = Interfaces.Alias(name);
            if (alias == network.Alias || (alias.Length == 0 && name == network.Bridge))
                await Tool.TryAsync("ip", ["link", "del", name], cancellationToken);
        }
    }

    // A program that a killed `up` had started may still be writing its last file.
    private static async Task DeleteAsync(string directory, CancellationToken cancellationToken)
    {
        for (var attempt = 1; Directory.Exists(directory); attempt++)
        {
            try
            {
                Directory.Delete(directory, recursive: true);
            }
            catch (IOException) when (attempt < 10)
            {
                await Task.Delay(50, cancellationToken);
            }
        }
    }
}
