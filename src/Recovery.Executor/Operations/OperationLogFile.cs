using System.Text;
using System.Text.Json;

namespace Recovery.Executor.Operations;

/// <summary>
/// Append-only JSON lines that survive the loss of power: each line is on the disk before <see cref="Append"/> returns.
/// </summary>
internal sealed class OperationLogFile : IDisposable
{
    public const string Name = "operations.log";
    private const string NextName = "operations.log.next";
    private const string LockName = "executor.lock";

    private readonly FileStream guard;
    private readonly FileStream file;
    private long good;
    private bool poisoned;

    private OperationLogFile(FileStream guard, FileStream file) => (this.guard, this.file, good) = (guard, file, file.Length);

    /// <summary>Opens the log, and writes it anew with only the entries that <paramref name="keep"/> chooses.</summary>
    /// <param name="directory">Created when missing.</param>
    /// <exception cref="OperationLogException">Another executor has it, or a line other than the last is damaged.</exception>
    public static (OperationLogFile File, IReadOnlyList<LogEntry> Entries) Open(
        string directory, Func<IReadOnlyList<LogEntry>, IReadOnlyList<LogEntry>> keep)
    {
        Directory.CreateDirectory(directory);
        var guard = TakeLock(directory);
        try
        {
            var path = Path.Combine(directory, Name);
            var entries = keep(Load(path));
            Rewrite(directory, path, entries);
            var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            return (new OperationLogFile(guard, file), entries);
        }
        catch
        {
            guard.Dispose();
            throw;
        }
    }

    /// <summary>Writes the line and waits until the disk has it.</summary>
    /// <exception cref="IOException">The disk did not take it; the log is as before.</exception>
    public void Append(LogEntry entry)
    {
        if (poisoned) throw new IOException($"{file.Name} could not be repaired after a failed write; restart the executor when its disk is well");
        try
        {
            file.Write(Line(entry));
            file.Flush(flushToDisk: true);
            good = file.Length;
        }
        catch (IOException)
        {
            CutBack();
            throw;
        }
    }

    public void Dispose()
    {
        file.Dispose();
        guard.Dispose();
    }

    // Half a line must not stay in front of the next one.
    private void CutBack()
    {
        try
        {
            file.SetLength(good);
            file.Seek(good, SeekOrigin.Begin);
        }
        catch (IOException)
        {
            poisoned = true;
        }
    }

    /// <summary>Held by the executor that serves from this state directory.</summary>
    /// <exception cref="OperationLogException">Another one has it.</exception>
    public static FileStream TakeLock(string directory)
    {
        var path = Path.Combine(directory, LockName);
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new OperationLogException(
                $"Another executor works with the state directory {directory} ({taken.Message}). Stop it, or give this one its own Executor:StateDirectory.");
        }
    }

    private static List<LogEntry> Load(string path)
    {
        var entries = new List<LogEntry>();
        if (!File.Exists(path)) return entries;
        var lines = Encoding.UTF8.GetString(File.ReadAllBytes(path)).Split('\n');
        // After the last newline there is nothing, or what a loss of power left of a line.
        var last = Array.FindLastIndex(lines, line => line.Length > 0);
        for (var i = 0; i <= last; i++)
        {
            try
            {
                entries.Add(JsonSerializer.Deserialize(lines[i], LogJson.Default.LogEntry) ?? throw new JsonException("null"));
            }
            catch (Exception damage) when (damage is JsonException or NotSupportedException)
            {
                // The intent of a torn line had no effect yet, and a torn outcome makes its step be carried out again.
                if (i == last) break;
                throw new OperationLogException(
                    $"Line {i + 1} of the operation log {path} is damaged ({damage.Message}). It says what this executor has done, so it does not "
                    + "start without it. Restore the file, or, when no recovery is under way that used this host, move it away and start again.");
            }
        }
        return entries;
    }

    private static void Rewrite(string directory, string path, IReadOnlyList<LogEntry> entries)
    {
        var next = Path.Combine(directory, NextName);
        using (var file = new FileStream(next, FileMode.Create, FileAccess.Write, FileShare.Read))
        {
            foreach (var entry in entries) file.Write(Line(entry));
            file.Flush(flushToDisk: true);
        }
        File.Move(next, path, overwrite: true);
        using var parent = Storage.Posix.OpenForReading(directory);
        RandomAccess.FlushToDisk(parent);
    }

    private static byte[] Line(LogEntry entry) => [.. JsonSerializer.SerializeToUtf8Bytes(entry, LogJson.Default.LogEntry), (byte)'\n'];
}

/// <summary>The log can't be used; the message tells the operator why and what to do.</summary>
internal sealed class OperationLogException(string message) : Exception(message);
