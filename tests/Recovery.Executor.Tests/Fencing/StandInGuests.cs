using System.Diagnostics;

namespace Recovery.Executor.Tests.Fencing;

/// <summary>A process that looks like a guest's QEMU and does nothing, and a /proc that shows nobody but those of this test.</summary>
internal sealed class StandInGuests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly List<Process> processes = [];

    public StandInGuests()
    {
        Directory.CreateDirectory(Proc);
        Show("self");
    }

    /// <summary>Never the real one: on the machine that runs the tests others may have real guests.</summary>
    public string Proc => directory["proc"];

    public Process Start(string program, string name, string uuid, string script = "sleep 600 & wait")
    {
        var path = directory[program];
        if (!File.Exists(path))
        {
            File.Copy("/bin/bash", path);
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }
        string[] words = name.Length > 0 ? ["-name", $"guest={name},debug-threads=on", "-uuid", uuid] : [];
        var process = Tool.Begin(path, ["-c", script, path, .. words]);
        processes.Add(process);
        Show($"{process.Id}");
        return process;
    }

    public void Dispose()
    {
        foreach (var process in processes) Tool.End(process);
        directory.Dispose();
    }

    public void Show(string entry) => File.CreateSymbolicLink(Path.Combine(Proc, entry), $"/proc/{entry}");
}
