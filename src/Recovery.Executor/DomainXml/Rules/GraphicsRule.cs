using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Consoles for people listen on the target's address instead of the source's. Wildcards and loopback mean the same on
/// every host and stay; ports that libvirt chose are chosen anew, ports that the owner fixed stay.
/// </summary>
internal static class GraphicsRule
{
    public static void Apply(Rewriting rewriting)
    {
        foreach (var graphics in rewriting.Domain.Devices("graphics"))
        {
            var subject = Subjects.Graphics(graphics);
            FreePorts(graphics, subject, rewriting);
            MoveListen(graphics, "listen", subject, rewriting);
            foreach (var listen in graphics.Elements("listen"))
            {
                MoveListen(listen, subject, rewriting);
            }

            CheckSocket(graphics, "socket", subject, rewriting);
            if (graphics.Get("type") is "sdl" or "desktop" && (graphics.Get("display") ?? graphics.Get("xauth")) is { } display)
            {
                rewriting.Refuse($"{subject}: it opens a window on the source's display {Sentence.Quote(display)}. Use VNC or SPICE instead.");
            }

            if (graphics.Get("type") == "dbus" && graphics.Get("address") is { } bus)
            {
                rewriting.Refuse($"{subject}: it connects to the source's D-Bus {Sentence.Quote(bus)}. Use VNC or SPICE instead.");
            }
        }

        FreeRenderNodes(rewriting);
    }

    // What libvirt itself writes when the guest is off: -1 for VNC, no port at all for SPICE.
    private static void FreePorts(XElement graphics, string subject, Rewriting rewriting)
    {
        if (graphics.Get("autoport") != "yes")
        {
            return;
        }

        var isSpice = graphics.Get("type") == "spice";
        var port = Port(graphics, "port");
        if (port > 0)
        {
            rewriting.Change($"{subject}: the running guest's port '{port}' is removed; libvirt chooses a free one at the start.");
            graphics.SetAttributeValue("port", isSpice ? null : "-1");
        }

        if (Port(graphics, "tlsPort") is > 0 and var secure)
        {
            rewriting.Change($"{subject}: the running guest's TLS port '{secure}' is removed; libvirt chooses a free one at the start.");
            graphics.SetAttributeValue("tlsPort", null);
        }

        // libvirt pairs a websocket that it chose with the display's number.
        if (Port(graphics, "websocket") is > 0 and var web && port > 0 && web - 5700 == port - 5900)
        {
            rewriting.Change($"{subject}: the running guest's websocket port '{web}' is removed; libvirt chooses a free one at the start.");
            graphics.SetAttributeValue("websocket", "-1");
        }
    }

    private static int Port(XElement graphics, string attribute) =>
        int.TryParse(graphics.Get(attribute), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var port) ? port : 0;

    private static void MoveListen(XElement listen, string subject, Rewriting rewriting)
    {
        switch (listen.Get("type"))
        {
            case "address":
                MoveListen(listen, "address", subject, rewriting);
                break;
            case "network":
                InterfaceRule.CheckNetwork(listen.Get("network"), subject, rewriting);
                if (listen.Attribute("address") is { } address)
                {
                    rewriting.Change($"{subject}: the running guest's address {Sentence.Quote(address.Value)} on network {Sentence.Quote(listen.Get("network"))} is removed; libvirt finds the target's.");
                    address.Remove();
                    listen.Parent!.SetAttributeValue("listen", null);
                }

                break;
            case "socket":
                CheckSocket(listen, "socket", subject, rewriting);
                break;
        }
    }

    private static void MoveListen(XElement element, string attribute, string subject, Rewriting rewriting)
    {
        // The address of a network is the runtime part of its <listen>, dealt with there.
        var isOfNetwork = element.Elements("listen").Any(listen => listen.Get("type") == "network");
        if (!isOfNetwork && !HostNames.MeansHostItself(element.Get(attribute)))
        {
            rewriting.Replace(element, attribute, rewriting.Target.ListenAddress, subject, "listen address");
        }
    }

    private static void CheckSocket(XElement element, string attribute, string subject, Rewriting rewriting)
    {
        if (element.Get(attribute) is not { Length: > 0 } path)
        {
            return;
        }

        if (SocketPaths.IsGenerated(path))
        {
            rewriting.Change($"{subject}: the running guest's socket {Sentence.Quote(path)} is removed; libvirt makes another.");
            element.SetAttributeValue(attribute, null);
        }
        else if (!SocketPaths.HasDirectoryEverywhere(path))
        {
            rewriting.Refuse(SocketPaths.Refusal(subject, path, rewriting.Target.Host));
        }
    }

    private static void FreeRenderNodes(Rewriting rewriting)
    {
        foreach (var device in rewriting.Domain.Devices("graphics").Concat(rewriting.Domain.Devices("video")))
        {
            foreach (var part in device.Descendants().Where(part => part.Attribute("rendernode") is not null))
            {
                rewriting.Change($"{Subjects.Device(device)}: the source's render node {Sentence.Quote(part.Get("rendernode"))} is removed; libvirt finds one of {rewriting.Target.Host}.");
                part.SetAttributeValue("rendernode", null);
            }
        }
    }
}
