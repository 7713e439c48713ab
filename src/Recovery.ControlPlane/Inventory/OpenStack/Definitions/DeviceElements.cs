using System.Xml.Linq;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>Everything in <c>devices</c> beside disks and network cards.</summary>
internal static class DeviceElements
{
    public static IEnumerable<XElement> After(Drafting draft, IReadOnlyList<XElement> disks)
    {
        var inputs = draft.Place.VncListen is null ? [] : Inputs(draft).ToList();
        var usb = disks.Any(disk => disk.Element("target")?.Attribute("bus")?.Value == "usb") || inputs.Any(input => input.Attribute("bus")?.Value == "usb");
        XElement?[] all =
        [
            Serial(draft),
            draft.Place.VncListen is not { } listen ? null : Element("graphics",
                Attribute("type", "vnc"), Attribute("autoport", "yes"), Attribute("listen", listen)),
            draft.Place.VncListen is null ? null : Element("video", Element("model", Attribute("type", draft.Image.Get("hw_video_model") ?? "virtio"))),
            .. inputs,
            GuestAgent(draft),
            RandomNumbers(draft),
            draft.Image.Get("hw_scsi_model") is not { } model ? null : Element("controller",
                Attribute("type", "scsi"), Attribute("index", 0), Attribute("model", model)),
            Element("controller", Attribute("type", "usb"), Attribute("index", 0), Given("model", usb || !draft.IsX86 ? null : "none")),
            Watchdog(draft),
            draft.Place.MemoryStatsSeconds <= 0 ? null : Element("memballoon",
                Attribute("model", "virtio"), Element("stats", Attribute("period", draft.Place.MemoryStatsSeconds))),
        ];
        return all.OfType<XElement>();
    }

    // libvirt adds the console that shows the first serial port.
    private static XElement Serial(Drafting draft) => Element("serial",
        Attribute("type", "pty"),
        Element("log", Attribute("file", $"{draft.Directory}/console.log"), Attribute("append", "off")));

    private static IEnumerable<XElement> Inputs(Drafting draft)
    {
        var bus = draft.Image.Get("hw_input_bus");
        if (bus is not null || draft.Place.UsbTablet || draft.Image.Get("hw_pointer_model") is not null)
            yield return Element("input", Attribute("type", "tablet"), Attribute("bus", bus ?? "usb"));
        if ((bus ?? (draft.Architecture == "aarch64" ? "usb" : null)) is { } keyboard)
            yield return Element("input", Attribute("type", "keyboard"), Attribute("bus", keyboard));
    }

    private static XElement? GuestAgent(Drafting draft)
    {
        if (!draft.Image.IsSet("hw_qemu_guest_agent")) return null;
        const string Name = "org.qemu.guest_agent.0";
        var domain = InstanceName.Of(draft.Instance, draft.Place.InstanceNameTemplate);
        return Element("channel", Attribute("type", "unix"),
            Element("source", Attribute("mode", "bind"), Attribute("path", $"/var/lib/libvirt/qemu/{Name}.{domain}.sock")),
            Element("target", Attribute("type", "virtio"), Attribute("name", Name)));
    }

    private static XElement? RandomNumbers(Drafting draft)
    {
        if (draft.Flavor.ExtraSpec("hw_rng:allowed") is { } allowed && !ImageProperties.Truth(allowed)) return null;
        var bytes = draft.Flavor.ExtraNumber("hw_rng:rate_bytes");
        return Element("rng", Attribute("model", "virtio"),
            bytes is null ? null : Element("rate", Attribute("bytes", bytes), Attribute("period", draft.Flavor.ExtraNumber("hw_rng:rate_period") ?? 0)),
            Element("backend", Attribute("model", "random"), draft.Place.RngDevice));
    }

    private static XElement? Watchdog(Drafting draft)
    {
        var action = draft.Image.Get("hw_watchdog_action") ?? draft.Flavor.ExtraSpec("hw:watchdog_action");
        return action is null or "disabled" ? null : Element("watchdog", Attribute("model", "i6300esb"), Attribute("action", action));
    }
}
