using System.Runtime.InteropServices;
using System.Xml;
using System.Xml.Linq;

namespace Recovery.Executor.Libvirt;

/// <summary>What libvirt says about this host and what its hypervisor can emulate.</summary>
/// <param name="Hypervisor">For humans: "QEMU 7.2.17, libvirt 9.0.0".</param>
/// <param name="DomainTypes">"kvm", "qemu".</param>
/// <param name="MachineTypes">Aliases included, of the host's own architecture.</param>
/// <param name="CpuModels">Named models that a guest can be given here (virConnectGetDomainCapabilities); empty when libvirt can't tell.</param>
/// <param name="MemoryMib">Physical memory.</param>
/// <param name="NumaCells">Empty when libvirt doesn't know the topology.</param>
internal sealed record HostCapabilities(
    string Architecture,
    string Hypervisor,
    string CpuModel,
    ulong MemoryMib,
    uint Vcpus,
    IReadOnlyList<string> DomainTypes,
    IReadOnlyList<string> MachineTypes,
    IReadOnlyList<string> Emulators,
    IReadOnlyList<string> CpuModels,
    IReadOnlyList<HostNumaCell> NumaCells)
{
    /// <summary>Asks libvirt (virConnectGetCapabilities, virConnectGetDomainCapabilities, virNodeGetInfo).</summary>
    public static unsafe HostCapabilities Read(LibvirtConnection connection)
    {
        var text = NativeMethods.virConnectGetCapabilities(connection.Handle);
        if (text == 0) throw LibvirtException.Last();
        var capabilities = Parse(NativeText.Owned(text));
        var host = capabilities.Element("host");
        var architecture = host?.Element("cpu")?.Element("arch")?.Value ?? "";
        var guests = capabilities.Elements("guest").Elements("arch")
            .Where(arch => arch.Attribute("name")?.Value == architecture).ToList();
        if (NativeMethods.virNodeGetInfo(connection.Handle, out var node) < 0) throw LibvirtException.Last();
        return new HostCapabilities(
            architecture,
            HypervisorName(connection),
            host?.Element("cpu")?.Element("model")?.Value ?? "",
            node.MemoryKib.Value / 1024,
            node.Cpus,
            Distinct(VirtTypes(guests)),
            Distinct(guests.Descendants("machine").Select(machine => machine.Value)),
            Distinct(guests.Descendants("emulator").Select(emulator => emulator.Value)),
            Distinct(VirtTypes(guests).SelectMany(virtType => UsableCpuModels(connection, virtType))),
            HostNumaCell.All(host?.Element("topology")));
    }

    /// <summary>Names of libvirt's virtual networks here, active or not; null when the driver has none to ask.</summary>
    public static unsafe IReadOnlyList<string>? Networks(LibvirtConnection connection)
    {
        var count = NativeMethods.virConnectListAllNetworks(connection.Handle, out var array, 0);
        if (count >= 0)
        {
            return NativeArray.Take(array, count, owned =>
            {
                var name = NativeText.Borrowed(NativeMethods.virNetworkGetName(owned));
                return NativeMethods.virNetworkFree(owned) < 0 ? throw LibvirtException.Last() : name;
            });
        }
        var failure = LibvirtException.Last();
        return failure.Code == LibvirtErrorCode.NoSupport ? null : throw failure;
    }

    private static IEnumerable<string> VirtTypes(IEnumerable<XElement> guests) =>
        guests.Elements("domain").Select(domain => domain.Attribute("type")?.Value ?? "").Where(type => type.Length > 0).Distinct();

    /// <summary>Named models that a guest of this kind of virtualization can be given here; empty when libvirt can't tell.</summary>
    public static IReadOnlyList<string> UsableCpuModels(LibvirtConnection connection, string virtType)
    {
        var text = NativeMethods.virConnectGetDomainCapabilities(connection.Handle, null, null, null, virtType, 0);
        if (text == 0)
        {
            var failure = LibvirtException.Last();
            return failure.ConnectionLost ? throw failure : [];
        }
        return
        [
            .. Parse(NativeText.Owned(text)).Elements("cpu").Elements("mode")
                .Where(mode => mode.Attribute("name")?.Value == "custom")
                .Elements("model")
                .Where(model => model.Attribute("usable")?.Value == "yes")
                .Select(model => model.Value),
        ];
    }

    private static string HypervisorName(LibvirtConnection connection)
    {
        if (NativeMethods.virConnectGetVersion(connection.Handle, out var hypervisor) < 0) throw LibvirtException.Last();
        if (NativeMethods.virConnectGetLibVersion(connection.Handle, out var library) < 0) throw LibvirtException.Last();
        return $"{NativeText.Borrowed(NativeMethods.virConnectGetType(connection.Handle))} {Version(hypervisor)}, libvirt {Version(library)}";
    }

    // libvirt packs versions as major * 1,000,000 + minor * 1,000 + release.
    private static string Version(CULong packed)
    {
        var number = (ulong)packed.Value;
        return $"{number / 1_000_000}.{number / 1_000 % 1_000}.{number % 1_000}";
    }

    private static IReadOnlyList<string> Distinct(IEnumerable<string> values) =>
        [.. values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static XElement Parse(string xml)
    {
        using var reader = XmlReader.Create(new StringReader(xml), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        return XElement.Load(reader);
    }
}
