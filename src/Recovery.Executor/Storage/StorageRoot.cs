namespace Recovery.Executor.Storage;

/// <summary>A storage as this host sees it now.</summary>
/// <param name="Id">Content of its marker file.</param>
/// <param name="Path">As configured; definitions are written in these terms.</param>
/// <param name="RealPath">Every link resolved; containment is judged by this one.</param>
internal sealed record StorageRoot(string Id, string Path, string RealPath, ulong SizeMib, ulong FreeMib);

/// <summary>Where a file is in terms that another host understands.</summary>
internal readonly record struct StorageLocation(string StorageId, string PathInStorage);
