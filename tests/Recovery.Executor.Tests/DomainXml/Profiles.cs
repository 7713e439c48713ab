using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

internal static class Profiles
{
    /// <summary>Shares /srv/images with the source, under another path, and leaves all else unchecked.</summary>
    public static TargetProfile Plain { get; } = new()
    {
        Host = "node2",
        ListenAddress = "192.0.2.12",
        Architecture = "x86_64",
        Emulators = ["/usr/bin/qemu-system-x86_64"],
        Storages = [new StorageMapping("images", "/srv/images", "/mnt/images")],
    };
}
