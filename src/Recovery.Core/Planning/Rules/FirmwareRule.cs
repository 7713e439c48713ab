using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Loaders, ROMs and tables that a package brings are there.</summary>
internal sealed class FirmwareRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host) =>
        from path in instance.Requirements.Firmware
        where host.Abilities.Firmware.TryGetValue(path, out var there) && !there
        select new Rejection(host.Name, RejectionKind.FirmwareMissing,
            $"{host.Name} has no {path}, which it starts with; install the package that brings it");
}
