using System.Runtime.CompilerServices;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Scripts;

namespace Recovery.Scenarios.Tests;

/// <summary>
/// Each folder below tests/Scenarios is a story: README.md says what for, start.txt what is there, script.txt what
/// happens, expected.log what comes of it. RECOVERY_REWRITE_GOLDEN=1 writes the latter anew.
/// </summary>
public class ScenarioTests
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(Here(), "../Scenarios"));

    public static TheoryData<string> All() => [.. Directory.GetDirectories(Folder)
        .Where(folder => File.Exists(Path.Combine(folder, "script.txt")))
        .Select(folder => Path.GetFileName(folder)!)
        .Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(All))]
    public void The_story_goes_as_told(string name)
    {
        var folder = Path.Combine(Folder, name);
        Assert.True(File.Exists(Path.Combine(folder, "README.md")), $"{name} has no README.md that says what it is for");
        using var world = new World();
        Start.Make(world, File.ReadLines(Path.Combine(folder, "start.txt")));
        Script.Read(File.ReadLines(Path.Combine(folder, "script.txt"))).Play(world);
        world.Watcher.LookForSecrets();

        var told = string.Join('\n', [.. world.Log, .. Story.End(world)]) + "\n";
        var golden = Path.Combine(folder, "expected.log");
        if (Environment.GetEnvironmentVariable("RECOVERY_REWRITE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, told);
        }

        Assert.Null(world.Watcher.Violation);
        Assert.Equal(File.Exists(golden) ? File.ReadAllText(golden) : "", told);
    }

    private static string Here([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
