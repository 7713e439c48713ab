namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Where a path of the source is on the target: the storage with the longest matching root counts.</summary>
internal static class StoragePaths
{
    /// <summary>The path on the target, or why there is none.</summary>
    /// <returns>Exactly one of the two is not null. The fault is the end of a sentence that begins with the path.</returns>
    public static (string? Mapped, string? Fault) Map(string path, TargetProfile target)
    {
        if (!path.StartsWith('/'))
        {
            return (null, "is not absolute, so it could mean another file on each host; name it by its absolute path");
        }

        var parts = Parts(path);
        if (parts.Contains(".."))
        {
            return (null, "climbs with '..', so it isn't clear on which storage it ends; name it without '..'");
        }

        var (storage, depth) = target.Storages
            .Select(storage => (Storage: storage, Root: Parts(storage.SourcePath)))
            .Where(entry => entry.Root.Length <= parts.Length && entry.Root.AsSpan().SequenceEqual(parts.AsSpan(0, entry.Root.Length)))
            .OrderByDescending(entry => entry.Root.Length)
            .Select(entry => (entry.Storage, entry.Root.Length))
            .FirstOrDefault();
        if (storage is null)
        {
            return (null, $"is on no storage that {target.Host} shares with the source");
        }

        // The same place on both: even '//' stays as the owner wrote it.
        return Parts(storage.TargetPath).AsSpan().SequenceEqual(parts.AsSpan(0, depth))
            ? (path, null)
            : ("/" + string.Join('/', Parts(storage.TargetPath).Concat(parts[depth..])), null);
    }

    private static string[] Parts(string path) =>
        path.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
}
