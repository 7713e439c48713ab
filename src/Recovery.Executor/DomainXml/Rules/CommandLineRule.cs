using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Arguments that go around libvirt to QEMU. A disk or device among them would escape every check (no storage, no
/// image lock, no fence), so only options that tune the machine pass, and none that names a path. Values are never
/// printed: a secret may be among them.
/// </summary>
internal static class CommandLineRule
{
    private static readonly XNamespace Qemu = "http://libvirt.org/schemas/domain/qemu/1.0";

    private static readonly string[] Harmless =
    [
        "-global", "-machine", "-M", "-accel", "-set", "-device", "-fw_cfg", "-smbios", "-icount", "-rtc", "-boot",
        "-overcommit", "-msg", "-no-hpet", "-no-user-config", "-nodefaults", "-no-fd-bootchk", "-action", "-watchdog-action",
    ];

    private static readonly string[] HostDevices =
        ["vfio", "usb-host", "host=", "hostdev", "vhost", "chardev=", "drive=", "netdev=", "memdev=", "fsdev="];

    public static void Apply(Rewriting rewriting)
    {
        var host = rewriting.Target.Host;
        foreach (var commandLine in rewriting.Domain.Elements(Qemu + "commandline"))
        {
            CheckArguments(commandLine.Elements(Qemu + "arg").Select(argument => argument.Get("value") ?? string.Empty).ToList(), rewriting);
            foreach (var variable in commandLine.Elements(Qemu + "env").Where(variable => NamesPath(variable.Get("value") ?? string.Empty)))
            {
                rewriting.Refuse($"qemu:commandline: the environment variable {Sentence.Quote(variable.Get("name"))} names a path of the source, which {host} may not have. Take it out of the definition.");
            }
        }
    }

    private static void CheckArguments(List<string> arguments, Rewriting rewriting)
    {
        var option = string.Empty;
        foreach (var argument in arguments)
        {
            var isOption = argument.StartsWith('-');
            option = isOption ? Normal(argument) : option;
            if (isOption ? !Harmless.Contains(option) : NamesPath(argument) || HostDevices.Any(device => argument.Contains(device, StringComparison.Ordinal)))
            {
                rewriting.Refuse($"qemu:commandline: {(option.Length == 0 ? "an argument without option" : $"the option {Sentence.Quote(option)}")} can reach files or devices of the source past libvirt, so it can't be checked for {rewriting.Target.Host}. Express it as an element of the definition, or take it out.");
            }
        }
    }

    // QEMU takes "--device" for "-device", and "-set=…" is no option of its own; nothing after '=' is printed.
    private static string Normal(string argument)
    {
        var option = argument.StartsWith("--", StringComparison.Ordinal) ? argument[1..] : argument;
        return option.Split('=', ' ', ',')[0];
    }

    // "name=opt/org.example/key" is none: a path begins with its slash.
    private static bool NamesPath(string value) =>
        value.Contains("file=", StringComparison.Ordinal)
        || value.Index().Any(at => at.Item == '/' && (at.Index == 0 || "=,:;.~/ ".Contains(value[at.Index - 1], StringComparison.Ordinal)));
}
