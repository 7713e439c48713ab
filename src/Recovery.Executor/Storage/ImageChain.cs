namespace Recovery.Executor.Storage;

/// <summary>An image of a chain.</summary>
/// <param name="Format">As the definition or the overlay's header declares it: qcow2 or raw.</param>
/// <param name="VirtualSize">In bytes.</param>
internal sealed record ImageLink(string Path, string Format, ulong VirtualSize);

/// <summary>
/// A disk image and what it is backed by, nearest first. Formats are those that the definition and the headers
/// declare; none is ever guessed from content.
/// </summary>
internal static class ImageChain
{
    private const int LongestChain = 200;

    /// <summary>The image and all its backing files.</summary>
    /// <exception cref="ImageChainException">The chain is incomplete or can't be trusted; the message names the file.</exception>
    /// <exception cref="PosixException">The image itself can't be opened.</exception>
    public static IReadOnlyList<ImageLink> Read(string path, string format)
    {
        var chain = new List<ImageLink>();
        foreach (var link in Walk(path, format)) chain.Add(link);
        return chain;
    }

    /// <summary>As far as the chain can be read, without complaint: for reports, where a fault is not ours to judge.</summary>
    public static IReadOnlyList<ImageLink> ReadWhatIsThere(string path, string format)
    {
        var chain = new List<ImageLink>();
        try
        {
            foreach (var link in Walk(path, format)) chain.Add(link);
        }
        catch (IOException)
        {
            // What was read so far is what there is to report; the check of disks names the fault.
            return chain;
        }
        return chain;
    }

    private static IEnumerable<ImageLink> Walk(string path, string format)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (string? next = path; next is not null;)
        {
            if (!seen.Add(next)) throw new ImageChainException($"{next} is backed by itself");
            if (seen.Count > LongestChain) throw new ImageChainException($"{path} has more than {LongestChain} backing files");
            var (link, backing) = Open(next, format, isTop: seen.Count == 1);
            yield return link;
            (next, format) = (backing?.Path, backing?.Format ?? "");
        }
    }

    private static (ImageLink Link, (string Path, string Format)? Backing) Open(string path, string format, bool isTop)
    {
        try
        {
            using var file = Posix.OpenForReading(path);
            if (Directory.Exists(path)) throw new ImageChainException($"{path} is a directory");
            if (format == "raw") return (new ImageLink(path, format, (ulong)RandomAccess.GetLength(file)), null);
            if (format != "qcow2") throw new ImageChainException($"{path} is of format '{format}'; only raw and qcow2 can be checked");
            var header = Qcow2Header.Read(file);
            return (new ImageLink(path, format, header.VirtualSize), Backing(path, header));
        }
        catch (InvalidDataException damaged)
        {
            throw new ImageChainException($"{path} is declared as qcow2, but {damaged.Message}", damaged);
        }
        catch (PosixException fault) when (!isTop)
        {
            throw new ImageChainException($"the backing file {path} can't be read: {fault.Reason}", fault);
        }
    }

    private static (string Path, string Format)? Backing(string path, Qcow2Header header)
    {
        if (header.HasExternalData) throw new ImageChainException($"{path} keeps its data in an external file, which is not supported");
        if (header.IsCorrupt) throw new ImageChainException($"{path} is marked corrupt by QEMU; look at it with qemu-img check");
        if (header.BackingFile is not { } backing) return null;
        if (header.BackingFormat is not { } format)
            throw new ImageChainException($"{path} does not name the format of its backing file {backing}; "
                + "set it with qemu-img rebase -u -F FORMAT, after making sure which it is");
        return (PathOf(path, backing), format);
    }

    // QEMU takes a name with a colon before any slash for a protocol, except "file:"; a relative name starts at the overlay.
    private static string PathOf(string overlay, string backing)
    {
        if (backing.StartsWith("file:", StringComparison.Ordinal)) backing = backing["file:".Length..];
        var colon = backing.IndexOf(':', StringComparison.Ordinal);
        var slash = backing.IndexOf('/', StringComparison.Ordinal);
        if (colon >= 0 && (slash < 0 || colon < slash))
            throw new ImageChainException($"{overlay} is backed by {Protocol(backing)}, which is not a file");
        return Path.Combine(Path.GetDirectoryName(overlay) ?? "/", backing);
    }

    // Only the kind: a network name may carry a password.
    private static string Protocol(string backing) => $"'{backing[..backing.IndexOf(':', StringComparison.Ordinal)]}:…'";
}

/// <summary>A chain that can't be followed to its end.</summary>
internal sealed class ImageChainException : IOException
{
    public ImageChainException(string message) : base(message) { }

    public ImageChainException(string message, Exception cause) : base(message, cause) { }
}
