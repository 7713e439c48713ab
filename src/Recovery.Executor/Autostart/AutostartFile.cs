using System.Text.Json;

namespace Recovery.Executor.Autostart;

/// <summary>
/// The kept wishes on disk. A change is there whole or not at all, also after a loss of power. The serving executor and
/// the command beside it may both use it: it is read afresh each time, and changed by one at a time.
/// </summary>
internal sealed class AutostartFile(string directory)
{
    public const string Name = "autostart.json";
    private const string NextName = "autostart.json.next";
    private const string LockName = "autostart.lock";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock gate = new();

    private string Path { get; } = System.IO.Path.Combine(directory, Name);

    /// <summary>Ordered by name; empty when there is no file.</summary>
    /// <exception cref="AutostartFileException">It is damaged.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    public IReadOnlyList<AutostartWish> Read()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path), AutostartJson.Default.ListAutostartWish) ?? throw new JsonException("null");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }
        catch (JsonException damage)
        {
            throw new AutostartFileException(
                $"{Path} is damaged ({damage.Message}). It says which guests of this host are to be started with it, so the executor does not go on "
                + "without it. Restore the file; or move it away, and flag those guests again with virsh autostart.");
        }
    }

    /// <summary>Writes what <paramref name="change"/> makes of the wishes, if that differs; on the disk when it returns.</summary>
    /// <returns>The wishes as they are now.</returns>
    /// <exception cref="AutostartFileException">The file is damaged.</exception>
    /// <exception cref="IOException">The disk did not take it; the file is as before.</exception>
    public IReadOnlyList<AutostartWish> Change(Func<IReadOnlyList<AutostartWish>, IEnumerable<AutostartWish>> change)
    {
        lock (gate)
        {
            Directory.CreateDirectory(directory);
            using var mine = TakeLock();
            var before = Read();
            List<AutostartWish> after = [.. change(before).OrderBy(wish => wish.Name, StringComparer.Ordinal).ThenBy(wish => wish.Uuid, StringComparer.Ordinal)];
            if (!after.SequenceEqual(before)) Write(after);
            return after;
        }
    }

    private void Write(List<AutostartWish> wishes)
    {
        var next = System.IO.Path.Combine(directory, NextName);
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            JsonSerializer.Serialize(file, wishes, AutostartJson.Default.ListAutostartWish);
            file.Flush(flushToDisk: true);
        }
        File.Move(next, Path, overwrite: true);
        using var parent = Storage.Posix.OpenForReading(directory);
        RandomAccess.FlushToDisk(parent);
    }

    private FileStream TakeLock()
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(System.IO.Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (TimeProvider.System.GetElapsedTime(begin) < Patience)
            {
                Thread.Sleep(Pause);
            }
        }
    }
}

/// <summary>The kept wishes can't be read; the message tells the operator why and what to do.</summary>
internal sealed class AutostartFileException(string message) : Exception(message);
