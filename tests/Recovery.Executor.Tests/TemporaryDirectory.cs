namespace Recovery.Executor.Tests;

/// <summary>A directory of its own for a test, gone afterwards.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("recovery-executor-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Storage(string name, string id)
    {
        var path = Directory.CreateDirectory(this[name]).FullName;
        File.WriteAllText(System.IO.Path.Combine(path, ".recovery-storage-id"), id + "\n");
        return path;
    }

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
