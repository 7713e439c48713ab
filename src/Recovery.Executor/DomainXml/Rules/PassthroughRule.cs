using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Hardware, servers and files of the source host that a guest was given as its own: nothing else is the same.</summary>
internal static class PassthroughRule
{
    public static void Apply(Rewriting rewriting)
    {
        var host = rewriting.Target.Host;
        foreach (var device in rewriting.Domain.Elements("devices").Elements())
        {
            if (Fault(device, host) is { } fault)
            {
                rewriting.Refuse(fault);
            }
        }
    }

    private static string? Fault(XElement device, string host) => device.Name.LocalName switch
    {
        "hostdev" => $"{Subjects.HostDevice(device)}: it is hardware of the source, and {host} needs a new claim, which this release doesn't make. Detach it from the guest, or let Nova evacuate the guest.",
        "input" when device.Get("type") is "passthrough" or "evdev" => $"input: it is the source's own device {Sentence.Quote(device.Element("source").Get("evdev") ?? device.Element("source").Get("dev"))}. Detach it from the guest.",
        "smartcard" when device.Get("mode") is "host" or "host-certificates" => $"smartcard: mode {Sentence.Quote(device.Get("mode"))} uses the source's card or certificates. Detach it from the guest.",
        "tpm" => Tpm(device, host),
        "memory" when device.Get("model") is "nvdimm" or "virtio-pmem" or "sgx-epc" => $"memory device: model {Sentence.Quote(device.Get("model"))} is kept on the source ({Sentence.Quote(device.Element("source")?.Element("path")?.Value)}), and its content doesn't follow the guest. Detach it from the guest.",
        "shmem" when device.Element("server") is { } server => $"shmem {Sentence.Quote(device.Get("name"))}: its server {Sentence.Quote(server.Get("path"))} runs on the source. Detach it from the guest.",
        "rng" => Random(device, host),
        "filesystem" => Filesystem(device, host),
        _ => null,
    };

    private static string? Tpm(XElement device, string host)
    {
        var backend = device.Element("backend");
        return backend.Get("type") switch
        {
            // Newer libvirt can be told where the state is; then it follows the storages like any other file.
            "emulator" when backend?.Element("source").Get("path") is { Length: > 0 } => null,
            "emulator" => $"tpm: its state (keys that the guest sealed) is in a local directory of the source, and without it the guest may not open its own disk on {host}. Keep the state on shared storage, or move the guest while its host is up.",
            var type => $"tpm: the backend {Sentence.Quote(type)} belongs to the source. Give the guest an emulated TPM whose state is on shared storage.",
        };
    }

    private static string? Random(XElement device, string host)
    {
        var backend = device.Element("backend");
        return backend.Get("model") switch
        {
            "builtin" => null,
            "random" when backend!.Value.Trim() is "/dev/random" or "/dev/urandom" or "" => null,
            "random" => $"rng: {host} may not have the random number device {Sentence.Quote(backend.Value)}. Use /dev/urandom.",
            var model => $"rng: the backend {Sentence.Quote(model)} is a daemon beside the source's QEMU. Use /dev/urandom.",
        };
    }

    private static string? Filesystem(XElement device, string host)
    {
        var source = device.Element("source");
        return device.Get("type") switch
        {
            _ when source.Get("socket") is { } socket => $"{Subjects.Filesystem(device)}: its virtiofsd was started outside of libvirt ({Sentence.Quote(socket)}), and nobody starts it on {host}. Let libvirt start virtiofsd.",
            null or "mount" or "bind" or "file" when source.Get("dir") is null && source.Get("file") is null => $"{Subjects.Filesystem(device)}: it names no directory.",
            null or "mount" or "bind" or "file" or "ram" => null,
            var type => $"{Subjects.Filesystem(device)}: a source of type {Sentence.Quote(type)} belongs to the source host. Share the directory by a storage that both hosts see.",
        };
    }
}
