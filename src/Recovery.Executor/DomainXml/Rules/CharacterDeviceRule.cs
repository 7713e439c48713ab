using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Serial ports, consoles and channels. Their host side must exist on the target or be made there by QEMU; a device or
/// a server of the source is refused. Logs aren't data: one that no storage holds goes to the directory that libvirt
/// has on every host, so that a missing directory can't make the start fail.
/// </summary>
internal static class CharacterDeviceRule
{
    private static readonly string[] Kinds = ["serial", "parallel", "console", "channel", "redirdev", "smartcard"];

    public static void Apply(Rewriting rewriting)
    {
        foreach (var device in rewriting.Domain.Elements("devices").Elements().Where(device => Kinds.Contains(device.Name.LocalName)).ToList())
        {
            ApplyTo(device, rewriting);
        }
    }

    private static void ApplyTo(XElement device, Rewriting rewriting)
    {
        var subject = Subjects.Character(device);
        switch (device.Get("type"))
        {
            case "tcp" or "udp":
                MoveNetworkEnds(device, subject, rewriting);
                break;
            case "unix":
                CheckSocket(device, subject, rewriting);
                break;
            case "file" when device.Element("source").Get("path") == "/dev/null":
                break;
            case "file" when device.Element("source").Get("path")?.StartsWith("/dev/", StringComparison.Ordinal) != true:
                MoveLog(device, device.Element("source"), "path", subject, rewriting);
                break;
            case "dev" or "pipe" or "file":
                rewriting.Refuse($"{subject}: it is bound to {Sentence.Quote(device.Element("source").Get("path"))} of the source. Take it out of the definition, or recover the guest on its own host.");
                break;
        }

        MoveLog(device, device.Element("log"), "file", subject, rewriting);
    }

    private static void MoveNetworkEnds(XElement device, string subject, Rewriting rewriting)
    {
        foreach (var source in device.Elements("source"))
        {
            var host = source.Get("host");
            if (source.Get("mode") == "bind")
            {
                if (host is not null && !HostNames.MeansHostItself(host))
                {
                    rewriting.Replace(source, "host", rewriting.Target.ListenAddress, subject, "listen address");
                }
            }
            else if (HostNames.MeansHostItself(host))
            {
                rewriting.Refuse($"{subject}: it connects to port {Sentence.Quote(source.Get("service"))} of the source host itself. Serve it on an address that {rewriting.Target.Host} reaches.");
            }
        }
    }

    private static void CheckSocket(XElement device, string subject, Rewriting rewriting)
    {
        var source = device.Element("source");
        if (source.Get("path") is not { Length: > 0 } path)
        {
            return;
        }

        if (source.Get("mode") != "bind")
        {
            rewriting.Refuse($"{subject}: it connects to the Unix socket {Sentence.Quote(path)} of a program on the source. Start that program on {rewriting.Target.Host} and let QEMU listen instead (mode='bind').");
        }
        else if (SocketPaths.IsGenerated(path))
        {
            rewriting.Change($"{subject}: the socket {Sentence.Quote(path)} that libvirt made is removed; it makes another.");
            source!.SetAttributeValue("path", null);
            if (device.Name == "channel")
            {
                source.RemoveIndented();
            }
        }
        else if (!SocketPaths.HasDirectoryEverywhere(path))
        {
            rewriting.Refuse(SocketPaths.Refusal(subject, path, rewriting.Target.Host));
        }
    }

    private static void MoveLog(XElement device, XElement? element, string attribute, string subject, Rewriting rewriting)
    {
        if (element.Get(attribute) is not { } path || IsInLogDirectory(path, rewriting.Target))
        {
            return;
        }

        var mapped = StoragePaths.Map(path, rewriting.Target).Mapped
            ?? $"{rewriting.Target.LogDirectory.TrimEnd('/')}/{rewriting.Domain.Element("name")!.Value}-{LogName(device)}.log";
        rewriting.Replace(element!, attribute, mapped, subject, "log file");
    }

    private static bool IsInLogDirectory(string path, TargetProfile target) =>
        path.LastIndexOf('/') is var end and >= 0 && path[..end] == target.LogDirectory.TrimEnd('/') && !path.EndsWith("/..", StringComparison.Ordinal);

    // A console of type serial is the serial port of that number, and must name the same log.
    private static string LogName(XElement device)
    {
        var target = device.Element("target");
        var kind = device.Name.LocalName == "console" && target.Get("type") is null or "serial" ? "serial" : device.Name.LocalName;
        var index = device.ElementsBeforeSelf(device.Name).Count().ToString();
        var number = device.Name.LocalName is "serial" or "console" && target.Get("port") is { Length: > 0 } port && port.All(char.IsAsciiDigit) ? port : index;
        return kind + number;
    }
}
