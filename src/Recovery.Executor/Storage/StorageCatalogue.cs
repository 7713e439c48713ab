using System.Text;

namespace Recovery.Executor.Storage;

/// <summary>
/// The configured storages, known by the marker file in their root: a path alone proves nothing, since an unmounted
/// share is an empty directory of the same name. Everything is read afresh each time; mounts come and go.
/// </summary>
internal sealed class StorageCatalogue(IReadOnlyList<string> paths, ILogger<StorageCatalogue> log)
{
    public const string MarkerName = ".recovery-storage-id";
    private const int LongestId = 128;

    private readonly HashSet<string> complained = new(StringComparer.Ordinal);

    /// <summary>The storages whose marker can be read now, in the order of the configuration.</summary>
    public IReadOnlyList<StorageRoot> Read()
    {
        var roots = new List<StorageRoot>();
        foreach (var path in paths)
        {
            try
            {
                var root = ReadOne(path);
                if (roots.Find(other => other.Id == root.Id) is { } twin)
                    throw new IOException($"{path} has the same id '{root.Id}' as {twin.Path}; it counts once");
                roots.Add(root);
                complained.Remove(path);
            }
            catch (IOException fault)
            {
                // Once per outage: this runs at every refresh.
                if (complained.Add(path)) log.LogWarning("Storage {Path} is not reported: {Fault}", path, fault.Message);
            }
        }
        return roots;
    }

    /// <summary>The storage of this id, or null when this host does not see it now.</summary>
    public StorageRoot? Find(string id) => Read().FirstOrDefault(root => root.Id == id);

    private static StorageRoot ReadOne(string path)
    {
        var real = Posix.RealPath(path);
        var id = ReadMarker(System.IO.Path.Combine(real, MarkerName));
        var (size, free) = Posix.Space(real);
        return new StorageRoot(id, path, real, size >> 20, free >> 20);
    }

    private static string ReadMarker(string marker)
    {
        using var file = Posix.OpenForReading(marker);
        Span<byte> bytes = stackalloc byte[LongestId + 2];
        var id = Encoding.UTF8.GetString(bytes[..RandomAccess.Read(file, bytes, 0)]).Trim();
        var plain = id.Length is > 0 and <= LongestId
            && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':');
        return plain ? id : throw new IOException(
            $"{marker} must hold one id of 1 to {LongestId} letters, digits, '-', '_', '.' or ':'");
    }
}
