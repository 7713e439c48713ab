using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>The target must be able to be this machine at all: kind of virtualization, architecture, machine type, QEMU.</summary>
internal static class HypervisorRule
{
    public static void Apply(Rewriting rewriting)
    {
        CheckKind(rewriting);
        CheckMachine(rewriting);
        MapEmulator(rewriting);
    }

    private static void CheckKind(Rewriting rewriting)
    {
        var target = rewriting.Target;
        var kind = rewriting.Domain.Get("type");
        var type = rewriting.Domain.Element("os")?.Element("type");
        if (kind is not ("kvm" or "qemu"))
        {
            rewriting.Refuse($"domain: type {Sentence.Quote(kind)} is not known here; this release recovers 'kvm' and 'qemu'.");
            return;
        }

        if (type.Text()?.Trim() != "hvm")
        {
            rewriting.Refuse($"domain: the operating system type {Sentence.Quote(type?.Value)} is not known here; this release recovers 'hvm'.");
        }

        if (target.DomainTypes.Count > 0 && !target.DomainTypes.Contains(kind))
        {
            rewriting.Refuse($"domain: it needs type {Sentence.Quote(kind)}, and {target.Host} offers {Sentence.Quote(target.DomainTypes)} only. Check that virtualization is enabled there, or choose another host.");
        }

        if (kind == "kvm" && type.Get("arch") is { } architecture && !RunsNatively(architecture, target.Architecture))
        {
            rewriting.Refuse($"domain: architecture {Sentence.Quote(architecture)} can't run with KVM on {target.Host}, which is {Sentence.Quote(target.Architecture)}. Choose a host of the guest's architecture.");
        }
    }

    private static bool RunsNatively(string guest, string host) =>
        guest == host || (guest, host) is ("i686", "x86_64") or ("armv7l", "aarch64") or ("ppc64", "ppc64le") or ("ppc64le", "ppc64");

    // Never exchanged: another machine type is another computer to the guest.
    private static void CheckMachine(Rewriting rewriting)
    {
        var target = rewriting.Target;
        var machine = rewriting.Domain.Element("os")?.Element("type").Get("machine");
        if (string.IsNullOrEmpty(machine))
        {
            rewriting.Refuse($"domain: it names no machine type, so {target.Host} would give it its own default, perhaps another one than it had. Name the machine type in the definition.");
        }
        else if (target.MachineTypes.Count > 0 && !target.MachineTypes.Contains(machine))
        {
            rewriting.Refuse($"domain: machine type {Sentence.Quote(machine)} is unknown to QEMU on {target.Host}. Install a QEMU that has it there, or choose another host.");
        }
    }

    private static void MapEmulator(Rewriting rewriting)
    {
        var target = rewriting.Target;
        var emulator = rewriting.Domain.Devices("emulator").FirstOrDefault();
        if (emulator.Text() is not { } path || target.Emulators.Contains(path))
        {
            return;
        }

        var other = NamesOf(path[(path.LastIndexOf('/') + 1)..], rewriting)
            .Select(name => target.Emulators.FirstOrDefault(known => known.EndsWith("/" + name, StringComparison.Ordinal)))
            .FirstOrDefault(known => known is not null);
        if (other is not null)
        {
            rewriting.Change($"emulator: {Sentence.Quote(path)} becomes {Sentence.Quote(other)}.");
            emulator!.Value = other;
        }
        else
        {
            rewriting.Refuse($"emulator: {Sentence.Quote(path)} doesn't exist on {target.Host}, nor does the same QEMU elsewhere there. Install it, or choose another host.");
        }
    }

    // Distributions give the native QEMU three names.
    private static string[] NamesOf(string name, Rewriting rewriting)
    {
        var architecture = rewriting.Domain.Element("os")?.Element("type").Get("arch") ?? rewriting.Target.Architecture;
        string[] native = ["qemu-system-" + architecture, "qemu-kvm", "kvm"];
        return native.Contains(name) && architecture == rewriting.Target.Architecture ? [name, .. native] : [name];
    }
}
