using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Recovery.Executor.Storage;
using Recovery.Protocol.V1;
using Action = Recovery.Protocol.V1.StepCommand.ActionOneofCase;

namespace Recovery.Executor.Operations;

/// <summary>What can be said of a command without carrying it out.</summary>
internal static class Commands
{
    private const int LongestIdentifier = 200;

    /// <summary>
    /// SHA-256 of what the command asks for. The epoch and the deadline may differ when a newer driver repeats a step,
    /// and a password has no business in a log, not even as a hash.
    /// </summary>
    public static string Fingerprint(StepCommand command)
    {
        var plain = command.Clone();
        plain.Epoch = 0;
        plain.TimeLimit = null;
        foreach (var volume in Volumes(plain)) volume.ChapPassword = "";
        return Convert.ToHexStringLower(SHA256.HashData(plain.ToByteArray()));
    }

    /// <summary>For the log and for sentences: "connect volumes".</summary>
    public static string Name(StepCommand command) => command.ActionCase switch
    {
        Action.ConnectVolumes => "connect volumes",
        Action.CheckDisks => "check disks",
        Action.Define => "define",
        Action.Start => "start",
        Action.Attach => "attach volumes",
        Action.Verify => "verify",
        Action.Stop => "stop",
        Action.Undefine => command.Undefine.Stale ? "undefine stale copy" : "undefine",
        Action.Disconnect => "disconnect volumes",
        Action.AwaitAgent => "await agent",
        Action.PlugPorts => "plug ports",
        Action.UnplugPorts => "unplug ports",
        _ => "nothing",
    };

    /// <summary>Every fault in the command itself, as sentences; empty when there is none.</summary>
    public static IReadOnlyList<string> Faults(StepCommand command)
    {
        var faults = new List<string>();
        Identifier(faults, "step_id", command.StepId);
        Identifier(faults, "recovery", command.Recovery);
        if (command.Epoch == 0) faults.Add("epoch must be at least 1");
        if (!IsUuid(command.Instance)) faults.Add($"instance '{Shortened(command.Instance)}' is no UUID in lower case with dashes");
        if (command.TimeLimit is not { Seconds: >= 0 and < 315_576_000_000, Nanos: >= 0 and < 1_000_000_000 }) faults.Add("time_limit is missing or no time span");
        if (command.ActionCase == Action.None) faults.Add("no action is given, or one that this executor does not know");
        if (command.ActionCase == Action.Define && command.Define.Definition.Length == 0) faults.Add("define.definition is empty");
        foreach (var volume in Volumes(command)) Check(volume, command.ActionCase, faults);
        foreach (var disk in command.CheckDisks?.Disks ?? []) Check(disk, faults);
        foreach (var port in Ports(command)) Check(port, faults);
        return faults;
    }

    private static RepeatedField<Volume> Volumes(StepCommand command) => command.ActionCase switch
    {
        Action.ConnectVolumes => command.ConnectVolumes.Volumes,
        Action.Define => command.Define.Volumes,
        Action.Attach => command.Attach.Volumes,
        Action.Disconnect => command.Disconnect.Volumes,
        _ => [],
    };

    private static void Check(Volume volume, Action action, List<string> faults)
    {
        var name = $"volume '{Shortened(volume.DiskTarget)}'";
        if (!IsDiskTarget(volume.DiskTarget)) faults.Add($"{name}: disk_target is no guest disk such as vdb");
        if (action == Action.Attach && volume.AttachXml.Length == 0) return;
        if (volume.Nfs is { } share)
        {
            if (volume.Iscsi is not null) faults.Add($"{name}: has both iscsi and nfs");
            if (share.Export.StartsWith('-') || share.Export.IndexOf(":/", StringComparison.Ordinal) < 1) faults.Add($"{name}: nfs.export is no export such as 10.0.0.5:/export");
            if (share.Name.Length == 0 || share.Name is "." or ".." || share.Name.Contains('/')) faults.Add($"{name}: nfs.name is no file name");
            return;
        }
        if (volume.Iscsi is not { } lun)
        {
            faults.Add($"{name}: neither iscsi nor nfs is given");
            return;
        }
        if (lun.PortalHost.Length == 0) faults.Add($"{name}: iscsi.portal_host is empty");
        if (lun.PortalPort > 65535) faults.Add($"{name}: iscsi.portal_port {lun.PortalPort} is no port");
        if (lun.TargetName.Length is 0 or > 223) faults.Add($"{name}: iscsi.target_name is no IQN of up to 223 characters");
        if (lun.Lun > 16383) faults.Add($"{name}: iscsi.lun {lun.Lun} is above 16383");
    }

    private static RepeatedField<Port> Ports(StepCommand command) => command.ActionCase switch
    {
        Action.PlugPorts => command.PlugPorts.Ports,
        Action.UnplugPorts => command.UnplugPorts.Ports,
        Action.Define => command.Define.Ports,
        _ => [],
    };

    private static void Check(Port port, List<string> faults)
    {
        var name = $"port '{Shortened(port.Id)}'";
        if (!IsUuid(port.Id)) faults.Add($"{name}: id is no UUID in lower case with dashes");
        if (port.Kind is not (PortKind.LinuxBridge or PortKind.OpenVswitch)) faults.Add($"{name}: kind is not given");
        if (!IsDevice(port.Bridge)) faults.Add($"{name}: bridge is no network device's name");
        if (!IsDevice(port.Tap)) faults.Add($"{name}: tap is no network device's name");
        if (port.Mac.Length != 17 || !port.Mac.All(letter => char.IsAsciiHexDigit(letter) || letter == ':')) faults.Add($"{name}: mac is no MAC address");
        if (port.Mtu > 65535) faults.Add($"{name}: mtu {port.Mtu} is above 65535");
    }

    private static bool IsDevice(string name) => name.Length is > 0 and <= 15 && name is not ("." or "..") && !name.StartsWith('-')
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');

    private static void Check(ExpectedDisk disk, List<string> faults)
    {
        var name = $"disk '{Shortened(disk.DiskTarget)}'";
        if (disk.File is not { } file) faults.Add($"{name}: file is missing");
        else if (file.StorageId.Length > 0 && !StoragePaths.IsPlain(file.PathInStorage))
            faults.Add($"{name}: file.path_in_storage '{Shortened(file.PathInStorage)}' is no relative path without '..'");
    }

    private static void Identifier(List<string> faults, string field, string value)
    {
        if (value.Length is 0 or > LongestIdentifier || value.Any(char.IsControl))
            faults.Add($"{field} must have 1 to {LongestIdentifier} printable characters");
    }

    private static bool IsUuid(string text) => Guid.TryParseExact(text, "D", out var uuid) && uuid.ToString("D") == text;

    private static bool IsDiskTarget(string text) => text.Length is > 0 and <= 32 && text.All(char.IsAsciiLetterOrDigit);

    private static string Shortened(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "…");
}
