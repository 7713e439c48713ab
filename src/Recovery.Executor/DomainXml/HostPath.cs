namespace Recovery.Executor.DomainXml;

/// <summary>A place in a definition that names a file or directory of the host, disks aside.</summary>
/// <param name="Role">See <see cref="FileFacts"/>.</param>
/// <param name="Subject">The element, as sentences call it: "firmware", "filesystem 'share'".</param>
/// <param name="Path">As written.</param>
/// <param name="Set">Writes another path to the same place.</param>
internal sealed record HostPath(string Role, string Subject, string Path, Action<string> Set)
{
    /// <summary>Read-only and part of a package rather than of the guest: the target has its own copy.</summary>
    public bool IsFirmware => Role is "loader" or "rom" or "acpi-table";
}
