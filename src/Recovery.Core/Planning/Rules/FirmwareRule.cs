using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Loaders, ROMs and tables that a package brings are there.</summary>
internal sealed class FirmwareRule : IHostRule
{
    public IEnumerable<Need> NeedsOf(Instance instance) =>
        instance.Requirements.Firmware.Select(path => new Need(RejectionKind.FirmwareMissing, path));

    public Func<Host, bool> MetBy(Need need) => host => !host.Abilities.Firmware.TryGetValue(need.Value, out var there) || there;

    public string Sentence(Need need, Instance instance, Host host) =>
        $"{host.Name} has no {need.Value}, which it starts with; install the package that brings it";
}
