using System.Reflection;

namespace Recovery.Labs;

/// <summary>Lays out a lab's state and network, up to the point where its machines can be switched on.</summary>
internal sealed class Construction(LabState state, LabOptions options, LabNetwork network)
{
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.Directory);
        // First of all, so that whoever finds the ruins knows what to clear away.
        await LabState.WriteJsonAsync(state.OptionsFile, options, cancellationToken);
        await UnpackToolsAsync(cancellationToken);
        Directory.CreateDirectory(state.Guests);
        foreach (var storage in options.Storages) await SharedStorage.CreateAsync(state, storage, cancellationToken);

        var files = new MachineFiles(state, options, network);
        await files.WriteStorageNodeAsync(cancellationToken);
        for (var number = 1; number <= options.Hosts; number++) await files.WriteHypervisorAsync(number, cancellationToken);

        await Task.WhenAll(
            CanaryDisk.BuildAsync($"{state.Directory}/canary.asm", state.CanaryDisk, cancellationToken),
            BuildNetworkAsync(cancellationToken));
    }

    private async Task BuildNetworkAsync(CancellationToken cancellationToken)
    {
        await Tool.RunAsync("ip", ["link", "add", network.Bridge, "type", "bridge"], cancellationToken);
        await Tool.RunAsync("ip", ["link", "set", network.Bridge, "alias", network.Alias], cancellationToken);
        await Tool.RunAsync("ip", ["addr", "add", $"{network.RootAddress}/{LabNetwork.PrefixLength}", "dev", network.Bridge], cancellationToken);
        await Tool.RunAsync("ip", ["link", "set", network.Bridge, "up"], cancellationToken);
    }

    private async Task UnpackToolsAsync(CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(state.Tools);
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames())
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            await LabState.WriteAsync($"{state.Directory}/{name}", await reader.ReadToEndAsync(cancellationToken), name.StartsWith("bin/", StringComparison.Ordinal) ? LabState.Executable : LabState.Readable, cancellationToken);
        }
    }
}
