using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml;

/// <summary>What sentences call a device: by what its owner knows it.</summary>
internal static class Subjects
{
    public static string Disk(XElement disk) => $"disk {disk.Element("target").Get("dev")}";

    public static string Interface(XElement device) =>
        device.Element("mac").Get("address") is { } mac ? $"interface {mac}" : $"interface {Index(device)}";

    public static string Filesystem(XElement device) => $"filesystem {Sentence.Quote(device.Element("target").Get("dir"))}";

    public static string Graphics(XElement graphics) => $"graphics {graphics.Get("type")}";

    /// <summary>"serial 0", "channel 'org.qemu.guest_agent.0'"</summary>
    public static string Character(XElement device) =>
        device.Element("target").Get("name") is { } name
            ? $"{device.Name.LocalName} {Sentence.Quote(name)}"
            : $"{device.Name.LocalName} {device.Element("target").Get("port") ?? Index(device).ToString()}";

    public static string Device(XElement device) => device.Name.LocalName switch
    {
        "disk" => Disk(device),
        "interface" => Interface(device),
        "filesystem" => Filesystem(device),
        "graphics" => Graphics(device),
        "hostdev" => HostDevice(device),
        "serial" or "parallel" or "console" or "channel" => Character(device),
        _ => $"{device.Name.LocalName} {Index(device)}",
    };

    /// <summary>"hostdev pci 0000:3b:00.1"</summary>
    public static string HostDevice(XElement device) => $"hostdev {device.Get("type")} {Place(device.Get("type"), device)}".TrimEnd();

    /// <summary>Where on its host the device is, by the source of its element; null when that doesn't tell.</summary>
    public static string? Place(string? kind, XElement device)
    {
        var source = device.Element("source");
        var address = source?.Element("address");
        return kind switch
        {
            "pci" => $"{Hex(address, "domain", 4)}:{Hex(address, "bus", 2)}:{Hex(address, "slot", 2)}.{Hex(address, "function", 1)}",
            "usb" when source?.Element("vendor") is { } vendor => $"{vendor.Get("id")}:{source.Element("product").Get("id")}",
            "usb" => $"bus {address.Get("bus")} device {address.Get("device")}",
            "mdev" => address.Get("uuid"),
            "scsi" => source?.Element("adapter").Get("name") ?? source.Get("name"),
            "scsi_host" => source.Get("wwpn"),
            _ => null,
        };
    }

    private static string? Hex(XElement? address, string part, int digits) => address.Get(part)?.Replace("0x", "", StringComparison.Ordinal).PadLeft(digits, '0');

    private static int Index(XElement device) => device.ElementsBeforeSelf(device.Name).Count();
}
