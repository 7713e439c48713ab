using System.Net;

namespace Recovery.Executor.Configuration;

/// <summary>What the executor was told, validated. Read once at start.</summary>
internal sealed record ExecutorSettings
{
    /// <summary>This host's name, as the control plane knows it.</summary>
    public required string Host { get; init; }

    /// <summary>Where the control plane dials.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>Where the operation log lives; survives reboots.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>On a file system that a reboot clears: what is in it tells one boot from the next.</summary>
    public required string RuntimeDirectory { get; init; }

    /// <summary>libvirt's autostart flags are taken into the executor's own keeping.</summary>
    public required bool KeepAutostart { get; init; }

    /// <summary>Where graphics and serial consoles of recovered guests listen.</summary>
    public required IPAddress GuestListenAddress { get; init; }

    public required string LibvirtUri { get; init; }

    /// <summary>Roots of storages; each is known by the marker file in it.</summary>
    public required IReadOnlyList<string> Storages { get; init; }

    /// <summary>Where Nova keeps its instances' files; empty: nowhere.</summary>
    public string InstancesPath { get; init; } = "";

    /// <summary>Nova's nfs_mount_point_base.</summary>
    public string NovaMountBase { get; init; } = "/var/lib/nova/mnt";

    /// <summary>Null: plaintext.</summary>
    public TlsFiles? Tls { get; init; }
}

/// <summary>PEM files.</summary>
internal sealed record TlsFiles(string Certificate, string Key, string ClientCa);
