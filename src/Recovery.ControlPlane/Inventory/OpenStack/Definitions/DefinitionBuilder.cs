using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>
/// The inactive domain XML of an instance, as nova's libvirt driver would write it from the same rows on the source.
/// What no row says is left out and said, or refused; addresses of devices are libvirt's to give, as at a hard reboot.
/// </summary>
public static class DefinitionBuilder
{
    public static BuiltDefinition Build(InstanceFacts facts, DefinitionPlace place)
    {
        var draft = new Drafting(facts, place);
        if (facts.Flavor is null)
            draft.Refusals.Add("Its flavor is in no instance_extra row: which processors and devices it asks for is not known.");
        Handover.Check(draft);
        var xml = Domain(draft).ToString();
        return new BuiltDefinition(xml, [.. draft.Missing], [.. draft.Refusals.Distinct()]);
    }

    private static XElement Domain(Drafting draft)
    {
        var name = InstanceName.Of(draft.Instance, draft.Place.InstanceNameTemplate);
        if (name is null) draft.Refusals.Add($"What instance_name_template '{draft.Place.InstanceNameTemplate}' makes of it is not known here.");
        var memory = (draft.Flavor.MemoryMib ?? draft.Instance.MemoryMib) * 1024L;
        var builtDisks = new DiskElements(draft);
        var disks = builtDisks.All();
        return Element("domain",
            Attribute("type", draft.Place.VirtType == "kvm" && draft.Architecture != draft.Place.Architecture ? "qemu" : draft.Place.VirtType),
            Element("name", name ?? draft.Uuid),
            Element("uuid", draft.Uuid),
            NovaMetadata.Of(draft),
            Element("memory", Attribute("unit", "KiB"), memory),
            Element("currentMemory", Attribute("unit", "KiB"), memory),
            Element("vcpu", Attribute("placement", "static"), draft.Flavor.Vcpus ?? draft.Instance.Vcpus),
            MachineElements.Shares(draft),
            MachineElements.SystemInformation(draft),
            MachineElements.OperatingSystem(draft, builtDisks.BootDevices),
            MachineElements.Features(draft),
            MachineElements.Processor(draft),
            MachineElements.Clock(draft),
            Element("on_poweroff", "destroy"),
            Element("on_reboot", "restart"),
            Element("on_crash", "destroy"),
            Element("devices",
                draft.Place.Emulator is { } emulator ? Element("emulator", emulator) : null,
                disks,
                InterfaceElements.All(draft),
                DeviceElements.After(draft, disks)));
    }
}
