using System.Globalization;

namespace Recovery.Labs;

/// <summary>One machine of a lab: its namespaces, its power cord, its cable. Hypervisors and the storage node are machines.</summary>
internal sealed class Machine(LabState state, string name)
{
    public string Name => name;
    public string Directory => state.Machine(name);
    public string File(string relative) => $"{Directory}/{relative}";

    /// <summary>The machine's own file system, as seen from outside; only while it is on.</summary>
    public string Inside(string path) => $"/proc/{RequireInit().Pid}/root{path}";

    public Task PowerOnAsync(CancellationToken cancellationToken) => PowerCordAsync("on", cancellationToken);

    /// <summary>Returns when every process of the machine is really gone.</summary>
    public Task PowerOffAsync(CancellationToken cancellationToken) => PowerCordAsync("off", cancellationToken);

    public bool IsOn => Init() is not null;

    public IReadOnlyList<MachineProcess> Processes() => Init() is { } init ? MachineProcess.In(init.ProcessNamespace) : [];

    /// <summary>What was cut ("everything", "but-storage"), or null while the cable is in.</summary>
    public string? WhatIsCut => System.IO.File.Exists(File("cut")) ? System.IO.File.ReadAllText(File("cut")).Trim() : null;

    public Task CutAsync(string what, CancellationToken cancellationToken) =>
        Tool.RunAsync($"{state.Tools}/cable", ["cut", state.Directory, name, what], cancellationToken);

    public Task JoinAsync(CancellationToken cancellationToken) =>
        Tool.RunAsync($"{state.Tools}/cable", ["join", state.Directory, name], cancellationToken);

    /// <summary>The command that runs another one inside this machine.</summary>
    public IReadOnlyList<string> Enter(IEnumerable<string> command) =>
        ["nsenter", "--target", RequireInit().Pid.ToString(CultureInfo.InvariantCulture),
            "--mount", "--uts", "--ipc", "--net", "--pid", "--wd=/", "--", .. command];

    public Task<ToolResult> TryAsync(IEnumerable<string> command, CancellationToken cancellationToken, string? input = null)
    {
        var line = Enter(command);
        return Tool.TryAsync(line[0], [.. line.Skip(1)], cancellationToken, input);
    }

    /// <returns>Standard output.</returns>
    public async Task<string> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken, string? input = null)
    {
        var result = await TryAsync(command, cancellationToken, input);
        if (result.ExitCode == 0) return result.Output;
        throw new LabException($"On {name}: {Tool.Failed(command[0], [.. command.Skip(1)], result).Message}");
    }

    public string LastWords(string file, int lines = 5) =>
        System.IO.File.Exists(File(file)) ? string.Join(" | ", System.IO.File.ReadLines(File(file)).TakeLast(lines)) : "nothing";

    private async Task PowerCordAsync(string action, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        // Once begun it is not cancelled: a switch half thrown would be a machine that nobody knows of.
        var result = await Tool.TryAsync($"{state.Tools}/power-cord", [action, state.Directory, name], CancellationToken.None);
        if (result.ExitCode != 0) throw new LabException($"Power {action} of {name} failed. {result.Error.Trim()}");
    }

    private (int Pid, string ProcessNamespace) RequireInit() =>
        Init() ?? throw new LabException($"{name} is off. Switch it on first: recovery-lab power-on {name} --lab {state.Lab}");

    private (int Pid, string ProcessNamespace)? Init()
    {
        try
        {
            var words = System.IO.File.ReadAllText(File("init")).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            // The namespace tells whether the pid still means what it meant: another process has another one.
            if (new FileInfo($"/proc/{words[0]}/ns/pid").LinkTarget != words[2]) return null;
            var isZombie = System.IO.File.ReadAllText($"/proc/{words[0]}/stat").Contains(") Z ", StringComparison.Ordinal);
            return isZombie ? null : (int.Parse(words[0]), words[2]);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
