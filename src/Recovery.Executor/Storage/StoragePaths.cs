namespace Recovery.Executor.Storage;

/// <summary>Paths of this host ⇄ (storage, path in it), judged by where a path really leads: links and ".." resolved.</summary>
internal static class StoragePaths
{
    /// <summary>
    /// The storage that holds this file, or null when none does. A file that does not exist yet counts to where its
    /// directory is. Of nested storages the innermost wins.
    /// </summary>
    public static StorageLocation? Locate(IReadOnlyList<StorageRoot> roots, string path)
    {
        if (RealPathOfMaybe(path) is not { } real) return null;
        var root = roots.Where(root => Contains(root.RealPath, real)).MaxBy(root => root.RealPath.Length);
        return root is null ? null : new StorageLocation(root.Id, real[(root.RealPath.TrimEnd('/').Length + 1)..]);
    }

    /// <summary>
    /// This host's path of a file in a storage. The path may not lead out of the storage, by ".." or by a link:
    /// what lies outside is not what the other host meant.
    /// </summary>
    /// <exception cref="PosixException">It does not exist.</exception>
    /// <exception cref="OutsideStorageException">It leads out of the storage.</exception>
    public static string Resolve(StorageRoot root, string pathInStorage)
    {
        if (!IsPlain(pathInStorage)) throw new OutsideStorageException(pathInStorage, root, pathInStorage);
        var path = Path.Combine(root.RealPath, pathInStorage);
        var real = Posix.RealPath(path);
        return Contains(root.RealPath, real) ? path : throw new OutsideStorageException(pathInStorage, root, real);
    }

    /// <summary>Relative, and without a part that climbs.</summary>
    public static bool IsPlain(string pathInStorage) =>
        pathInStorage.Length > 0
        && !Path.IsPathRooted(pathInStorage)
        && !pathInStorage.Contains('\0')
        && !pathInStorage.Split('/').Any(part => part is "" or "." or "..");

    private static bool Contains(string root, string real) => real.StartsWith(root.TrimEnd('/') + '/', StringComparison.Ordinal);

    private static string? RealPathOfMaybe(string path)
    {
        if (!Path.IsPathRooted(path)) return null;
        try
        {
            return Posix.RealPath(path);
        }
        catch (PosixException missing) when (missing.IsMissing)
        {
            return RealPathOfMissing(path);
        }
        catch (PosixException)
        {
            return null;
        }
    }

    private static string? RealPathOfMissing(string path)
    {
        var (directory, name) = (Path.GetDirectoryName(path), Path.GetFileName(path));
        if (string.IsNullOrEmpty(directory) || name is "" or "." or "..") return null;
        try
        {
            return Path.Combine(Posix.RealPath(directory), name);
        }
        catch (PosixException)
        {
            return null;
        }
    }
}

/// <summary>A path in a storage that leads out of it.</summary>
internal sealed class OutsideStorageException(string pathInStorage, StorageRoot root, string real)
    : IOException($"'{pathInStorage}' leads out of storage '{root.Id}' ({root.Path}), to {real}");
