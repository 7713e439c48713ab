using System.Xml.Linq;
using static Recovery.ControlPlane.Inventory.OpenStack.Definitions.Drafting;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>What the guest boots and what machine it is: sysinfo, os, features, cpu, clock.</summary>
internal static class MachineElements
{
    private const string Console = "console=tty0 console=ttyS0 console=hvc0";

    private static readonly string[] CpuLimits = ["shares", "period", "quota"];

    public static XElement? SystemInformation(Drafting draft) => !draft.IsX86 ? null : Element("sysinfo",
        Attribute("type", "smbios"),
        Element("system",
            Entry("manufacturer", "OpenStack Foundation"),
            Entry("product", "OpenStack Nova"),
            Entry("version", draft.Place.NovaVersion),
            Entry("serial", draft.Uuid),
            Entry("uuid", draft.Uuid),
            Entry("family", "Virtual Machine")));

    public static XElement OperatingSystem(Drafting draft, IEnumerable<string> bootDevices)
    {
        if (draft.MachineType is null)
            draft.Refusals.Add("Its machine type is in no system_metadata (image_hw_machine_type), and none is configured as default: with another its hardware would change.");
        var mode = draft.Image.Get("hw_vm_mode") ?? (draft.Instance.VmMode is { Length: > 0 } given ? given : "hvm");
        var kernel = draft.Instance.KernelId is { Length: > 0 };
        return Element("os",
            Element("type", Attribute("arch", draft.Architecture), Given("machine", draft.MachineType), mode),
            kernel ? Element("kernel", $"{draft.Directory}/kernel") : null,
            kernel && draft.Instance.RamdiskId is { Length: > 0 } ? Element("initrd", $"{draft.Directory}/ramdisk") : null,
            kernel ? Element("cmdline", CommandLine(draft)) : null,
            kernel ? null : bootDevices.Select(device => Element("boot", Attribute("dev", device))),
            draft.IsX86 ? Element("smbios", Attribute("mode", "sysinfo")) : null,
            ImageProperties.Truth(draft.Image.Get("hw_boot_menu") ?? draft.Flavor.ExtraSpec("hw:boot_menu"))
                ? Element("bootmenu", Attribute("enable", "yes")) : null);
    }

    public static XElement Features(Drafting draft)
    {
        var hides = ImageProperties.Truth(draft.Flavor.ExtraSpec("hide_hypervisor_id"))
            || ImageProperties.Truth(draft.Flavor.ExtraSpec("hw:hide_hypervisor_id")) || draft.Image.IsSet("img_hide_hypervisor_id");
        var counters = draft.Flavor.ExtraSpec("hw:pmu") ?? draft.Image.Get("hw_pmu");
        return Element("features",
            Element("acpi"),
            Element("apic"),
            draft.IsWindows ? Enlightenments(draft, hides) : null,
            draft.IsX86 || draft.Architecture == "aarch64" ? Element("vmcoreinfo", Attribute("state", "on")) : null,
            hides ? Element("kvm", Element("hidden", Attribute("state", "on"))) : null,
            counters is null ? null : Element("pmu", Attribute("state", ImageProperties.Truth(counters) ? "on" : "off")));
    }

    public static XElement? Processor(Drafting draft)
    {
        var vcpus = draft.Flavor.Vcpus ?? draft.Instance.Vcpus;
        if (CpuTopology.Choose(vcpus, draft.Flavor, draft.Image) is not { } topology)
        {
            draft.Refusals.Add($"No sockets, cores and threads make {vcpus} processors within the limits of its flavor and image.");
            return null;
        }

        var mode = draft.Place.CpuMode;
        if (mode == "custom" && draft.Place.CpuModel is null)
            draft.Refusals.Add("Its host's cpu_mode is custom, and the model is not configured: with another processor its guest may fail.");
        // No "check": libvirt sets it, and "match" belongs to models that are named.
        return Element("cpu",
            Given("mode", mode == "none" ? null : mode),
            mode is "none" or "custom" ? Attribute("match", "exact") : null,
            mode == "custom" && draft.Place.CpuModel is { } model ? Element("model", model) : null,
            Element("topology", Attribute("sockets", topology.Sockets), Attribute("cores", topology.Cores), Attribute("threads", topology.Threads)),
            mode == "none" ? null : draft.Place.CpuFlags.Select(flag => Element("feature",
                Attribute("policy", flag.StartsWith('-') ? "disable" : "require"), Attribute("name", flag.TrimStart('+', '-')))));
    }

    public static XElement Clock(Drafting draft) => Element("clock",
        Attribute("offset", draft.IsWindows ? "localtime" : "utc"),
        draft.Place.VirtType != "kvm" ? null : new object?[]
        {
            Element("timer", Attribute("name", "pit"), Attribute("tickpolicy", "delay")),
            Element("timer", Attribute("name", "rtc"), Attribute("tickpolicy", "catchup")),
            draft.IsX86 ? Element("timer", Attribute("name", "hpet"), Attribute("present", draft.Image.IsSet("hw_time_hpet") ? "yes" : "no")) : null,
            draft.IsWindows ? Element("timer", Attribute("name", "hypervclock"), Attribute("present", "yes")) : null,
        });

    public static XElement? Shares(Drafting draft)
    {
        var limits = CpuLimits
            .Select(name => (name, value: draft.Flavor.ExtraSpec("quota:cpu_" + name)))
            .Where(limit => limit.value is { Length: > 0 })
            .Select(limit => new XElement(limit.name, limit.value));
        return limits.Any() ? Element("cputune", limits) : null;
    }

    private static string CommandLine(Drafting draft)
    {
        if (draft.Image.Get("os_command_line") is { } line) return line;
        var root = DiskNames.Strip(draft.Instance.RootDeviceName ?? "vda");
        return $"root=/dev/{root} {Console}{(draft.Place.VirtType == "qemu" ? " no_timer_check" : "")}";
    }

    private static XElement Enlightenments(Drafting draft, bool hides)
    {
        if (draft.NovaMajor < 26)
            draft.Missing.Add($"Which Hyper-V features Nova {draft.Place.NovaVersion} gives to Windows guests is not known here; it gets those of version 26.");
        string[] plain = ["vpindex", "runtime", "synic", "reset", "frequencies", "reenlightenment", "tlbflush", "ipi", "evmcs"];
        return Element("hyperv",
            Element("relaxed", Attribute("state", "on")),
            Element("vapic", Attribute("state", "on")),
            Element("spinlocks", Attribute("state", "on"), Attribute("retries", 8191)),
            plain.Select(name => Element(name, Attribute("state", "on"))),
            hides ? Element("vendor_id", Attribute("state", "on"), Attribute("value", "1234567890ab")) : null);
    }

    private static XElement Entry(string name, string value) => Element("entry", Attribute("name", name), value);
}
