using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// A network card keeps its address and needs the same network on the target. Whatever something else than libvirt
/// would have to plug there ('ethernet' ports of os-vif, vhost-user) is refused: the guest would start without a
/// network and nobody would notice.
/// </summary>
internal static class InterfaceRule
{
    public static void Apply(Rewriting rewriting)
    {
        foreach (var device in rewriting.Domain.Devices("interface").ToList())
        {
            Check(device, rewriting);
        }
    }

    private static void Check(XElement device, Rewriting rewriting)
    {
        var target = rewriting.Target;
        var host = target.Host;
        var subject = Subjects.Interface(device);
        var source = device.Element("source");
        switch (device.Get("type"))
        {
            case "bridge":
                if ((target.BridgesKnown || target.Bridges.Count > 0) && !target.Bridges.Contains(source.Get("bridge") ?? string.Empty))
                {
                    rewriting.Refuse($"{subject}: {host} has no bridge {Sentence.Quote(source.Get("bridge"))}. Create it there with the same network behind it, or choose another host.");
                }

                break;
            case "network":
                CheckNetwork(source.Get("network"), subject, rewriting);
                break;
            case "direct" when source.Get("mode") == "passthrough":
                rewriting.Refuse($"{subject}: macvtap in mode 'passthrough' takes the whole device {Sentence.Quote(source.Get("dev"))} of the source. Put the interface on a bridge.");
                break;
            case "direct":
                CheckDevice(source.Get("dev"), subject, rewriting);
                break;
            case "user":
                if (source.Get("dev") is { } upstream)
                {
                    CheckDevice(upstream, subject, rewriting);
                }

                break;
            case "ethernet" when target.PluggedTaps.Contains(device.Element("target").Get("dev") ?? string.Empty):
                break;
            case "ethernet":
                rewriting.Refuse($"{subject}: its port {Sentence.Quote(device.Element("target").Get("dev"))} of type 'ethernet' is plugged by the program that made it (os-vif for Nova), which does not do so on {host} when libvirt starts the guest. Let Nova start the guest there, or put the interface on a bridge.");
                break;
            case "vhostuser":
                rewriting.Refuse($"{subject}: its vhost-user socket {Sentence.Quote(source.Get("path"))} belongs to a switch on the source, and nobody plugs it on {host}. Let Nova start the guest there, or put the interface on a bridge.");
                break;
            case "hostdev" or "vdpa":
                rewriting.Refuse($"{subject}: it is a network device of the source ({Sentence.Quote(Address(source))}), and {host} needs a new claim, which this release doesn't make. Put the interface on a bridge, or let Nova evacuate the guest.");
                break;
            case "mcast" or "null":
                break;
            case "client" when !HostNames.MeansHostItself(source.Get("address")):
                break;
            case "client" or "server" or "udp":
                rewriting.Refuse($"{subject}: its tunnel of type {Sentence.Quote(device.Get("type"))} ends on the source host ({Sentence.Quote(source.Get("address"))}). Put the interface on a bridge.");
                break;
            default:
                rewriting.Refuse($"{subject}: the type {Sentence.Quote(device.Get("type"))} is not known here, so it isn't clear what {host} would have to provide. Put the interface on a bridge.");
                break;
        }
    }

    public static void CheckNetwork(string? name, string subject, Rewriting rewriting)
    {
        var target = rewriting.Target;
        if ((target.NetworksKnown || target.Networks.Count > 0) && !target.Networks.Contains(name ?? string.Empty))
        {
            rewriting.Refuse($"{subject}: libvirt on {target.Host} has no network {Sentence.Quote(name)}. Define and start it there, or choose another host.");
        }
    }

    private static void CheckDevice(string? name, string subject, Rewriting rewriting)
    {
        if (!rewriting.Target.NetworkDevices.Contains(name ?? string.Empty))
        {
            rewriting.Refuse($"{subject}: it is stacked on the source's network device {Sentence.Quote(name)}, and it isn't known that {rewriting.Target.Host} has the same. Name the device among the target's, or put the interface on a bridge.");
        }
    }

    private static string? Address(XElement? source) => source.Get("dev")
        ?? (source?.Element("address") is { } address ? $"{address.Get("type")} {string.Join(' ', address.Attributes().Where(part => part.Name != "type").Select(part => $"{part.Name}={part.Value}"))}" : null);
}
