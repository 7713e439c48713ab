using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>What is configured of nova.conf.</summary>
internal static class DefinitionPlaces
{
    /// <param name="instancesPath">That of the instance's host; null when nobody told it.</param>
    public static DefinitionPlace Of(OpenStackOptions cloud, string? instancesPath)
    {
        var options = cloud.Definitions;
        return new DefinitionPlace
        {
            InstancesPath = instancesPath ?? options.InstancesPath,
            NovaVersion = options.NovaVersion,
            NfsMountBase = options.NfsMountBase,
            VirtType = options.VirtType,
            CpuMode = options.CpuMode,
            CpuModel = Given(options.CpuModel),
            CpuFlags = options.CpuFlags.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            MachineType = Given(options.MachineType),
            Architecture = options.Architecture,

            // libvirt's own choice: the target's emulator is where the target has it.
            Emulator = null,
            ImagesType = options.ImagesType,
            CacheMode = options.CacheMode,
            ConfigDriveFormat = options.ConfigDriveFormat,
            VncListen = Given(options.VncListen),
            UsbTablet = options.UsbTablet,
            InstanceNameTemplate = cloud.InstanceNameTemplate,
        };
    }

    private static string? Given(string text) => text.Length == 0 ? null : text;
}
