using System.Collections.Concurrent;
using Recovery.Executor.Storage;

namespace Recovery.Executor.Watching;

/// <summary>
/// What was last seen of image files. Reading a file may hang for ever on a dead network share; the report goes on
/// with what was known, and asks again when the read that hangs has ended.
/// </summary>
internal sealed class LastKnown(TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<(string, string), IReadOnlyList<ImageLink>> chains = new();
    private readonly ConcurrentDictionary<(string, string), Task> hanging = new();
    private readonly ConcurrentDictionary<(string, string), ulong> sizes = new();

    /// <summary>The image and its backing files as far as they can be read; empty when nothing was ever seen.</summary>
    public async Task<IReadOnlyList<ImageLink>> Chain(string path, string format)
    {
        var key = (path, format);
        var known = chains.GetValueOrDefault(key) ?? [];
        if (hanging.ContainsKey(key)) return known;
        var read = Task.Run(() => ImageChain.ReadWhatIsThere(path, format));
        try
        {
            return chains[key] = await read.WaitAsync(Patience, time);
        }
        catch (TimeoutException)
        {
            hanging[key] = read;
            _ = read.ContinueWith(_ => hanging.TryRemove(key, out Task? ended), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return known;
        }
    }

    /// <summary>The size of a disk that only a running guest tells; remembered for when it is off.</summary>
    public ulong Size(string uuid, string diskTarget, ulong? seen)
    {
        var key = (uuid, diskTarget);
        if (seen is { } size) return sizes[key] = size;
        return sizes.GetValueOrDefault(key);
    }
}
