using System.Diagnostics;

namespace Recovery.ControlPlane.Tests.Fencing;

/// <summary>A directory of fence agents, each a small shell script, with secrets and a power switch beside them.</summary>
internal sealed class AgentDirectory : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("recovery-fence-");

    public string Path => root.FullName;

    /// <summary>What the power switch says now.</summary>
    public string Power
    {
        get => File.ReadAllText(At("power")).Trim();
        set => File.WriteAllText(At("power"), value);
    }

    /// <summary>One line for each call: what the agent read on its standard input, and its command line.</summary>
    public IReadOnlyList<string> Calls => File.Exists(At("calls")) ? File.ReadAllLines(At("calls")) : [];

    public string At(string file) => System.IO.Path.Combine(Path, file);

    /// <summary>
    /// An agent whose body sees its options as <c>$o_KEY</c> and its action as <c>$o_action</c>. It is written by another
    /// process: a file that this one has open for writing can't be executed ("text file busy").
    /// </summary>
    public string Add(string name, string body)
    {
        var script = $$"""
            #!/bin/bash
            cd '{{Path}}'
            while IFS='=' read -r key value; do printf -v "o_$key" '%s' "$value"; line="$line $key=$value"; done
            echo "args:$*$line" >> calls
            {{body}}
            """;
        using var install = Process.Start(new ProcessStartInfo("install", ["-m", "755", "/dev/stdin", At(name)]) { RedirectStandardInput = true })!;
        install.StandardInput.Write(script);
        install.StandardInput.Close();
        install.WaitForExit();
        return name;
    }

    public void Secret(string file, string value) => File.WriteAllText(At(file), value);

    public void Dispose() => root.Delete(recursive: true);
}
