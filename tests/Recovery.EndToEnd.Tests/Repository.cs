using Recovery.Labs;

namespace Recovery.EndToEnd.Tests;

/// <summary>Where the published binaries and the documents are.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string Executor => Published("RECOVERY_EXECUTOR", "artifacts/executor/recovery-executor");

    public static string ControlPlane => Published("RECOVERY_CONTROL_PLANE", "artifacts/control-plane/recovery-control-plane");

    private static string Published(string variable, string path) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } named ? named
        : File.Exists(Path.Combine(Root, path)) ? Path.Combine(Root, path)
        : throw new LabException($"There is no {path}; ./test publishes it.");

    private static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Recovery.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new LabException("These tests run from a build inside the repository.");
        }

        return folder;
    }
}
