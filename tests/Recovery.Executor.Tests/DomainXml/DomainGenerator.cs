using CsCheck;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>Random definitions out of fragments as libvirt writes them, some for a running guest, some that must be refused.</summary>
internal static class DomainGenerator
{
    public const string Password = "hunter2!";

    private static readonly string[] Sources =
    [
        "<disk type='file' device='disk'><driver name='qemu' type='qcow2' io='native'/><source file='/srv/images/NAME' INDEX/>CHAIN",
        "<disk type='file' device='disk'><source file='/srv/images//./NAME'/>",
        "<disk type='file' device='disk'><source file='/srv/templates/deep/NAME' startupPolicy='mandatory'/>",
        "<disk type='file' device='cdrom'>",
        "<disk type='file' device='cdrom'><source file='/srv/local/NAME.iso' startupPolicy='optional' INDEX/>CHAIN",
        "<disk type='block' device='disk'><driver name='qemu' type='raw' io='native'/><source dev='/dev/disk/by-path/ip-192.0.2.5:3260-iscsi-iqn.2004-10.com.example:NAME-lun-1' startupPolicy='mandatory' INDEX/>",
        "<disk type='network' device='disk'><source protocol='iscsi' name='iqn.old:NAME/2'><host name='192.0.2.6'/></source>",
        "<disk type='network' device='lun'>\n<auth username='u'><secret type='iscsi' uuid='0b4cbb4c-6df1-4d11-9f0c-6f8b6b5affff'/></auth>\n<source protocol='iscsi' name='iqn.old:NAME/2'>\n  <host name='192.0.2.6' port='3261'/>\n  <initiator><iqn name='iqn.guest'/></initiator></source>",
        "<disk type='network' device='disk'><source protocol='rbd' name='pool/NAME'><host name='192.0.2.7' port='6789'/></source>",
        "<disk type='file' device='disk'><source file='/srv/nowhere/NAME'/>",
        "<disk type='block' device='disk'><source dev='/dev/vg/NAME'/>",
    ];

    private static readonly string[] Devices =
    [
        "<interface type='bridge'><mac address='52:54:00:00:00:NN'/><source bridge='br0'/><target dev='vnet7'/><model type='virtio'/>ALIAS<address type='pci' domain='0x0000' bus='0x01' slot='0xNN' function='0x0'/></interface>",
        "<interface type='network'><mac address='52:54:00:00:01:NN'/><source network='default' portid='503a2ca5-1c00-48fd-9b74-dfc3bc7b9bdd' bridge='virbr0'/>ALIAS</interface>",
        "<interface type='direct'><mac address='52:54:00:00:02:NN'/><source network='lan' dev='eno1' mode='bridge'/><target dev='macvtap3'/></interface>",
        "<interface type='ethernet'><mac address='52:54:00:00:03:NN'/></interface>",
        "<graphics type='vnc' port='5901' autoport='yes' websocket='5701' listen='192.0.2.1' passwd='hunter2!'><listen type='address' address='192.0.2.1'/></graphics>",
        "<graphics type='spice' port='5900' tlsPort='5902' autoport='yes' passwd='hunter2!'>\n  <listen type='network' address='192.0.2.1' network='default'/>\n  <gl enable='yes' rendernode='/dev/dri/renderD128'/></graphics>",
        "<graphics type='vnc' port='5955' autoport='no' listen='0.0.0.0'/>",
        "<serial type='pty'><source path='/dev/pts/3'/><log file='/srv/images/console-NN.log' append='off'/><target type='isa-serial' port='0'/>ALIAS</serial>",
        "<console type='pty' tty='/dev/pts/3'><source path='/dev/pts/3'/><log file='/home/log-NN' append='off'/><target type='serial' port='0'/>ALIAS</console>",
        "<serial type='tcp'><source mode='bind' host='192.0.2.1' service='70NN'/><protocol type='raw'/><target port='1'/></serial>",
        "<channel type='unix'><source mode='bind' path='/run/libvirt/qemu/channel/5-guest/org.qemu.guest_agent.0'/><target type='virtio' name='org.qemu.guest_agent.0' state='connected'/>ALIAS<address type='virtio-serial' controller='0' bus='0' port='NN'/></channel>",
        "<filesystem type='mount'><driver type='virtiofs'/><source dir='/srv/images/tree'/><target dir='t&amp;NN'/>ALIAS</filesystem>",
        "<controller type='scsi' index='NN' model='virtio-scsi'>ALIAS<address type='pci' domain='0x0000' bus='0x00' slot='0xNN' function='0x1'/></controller>",
        "<rng model='virtio'><backend model='random'>/dev/urandom</backend>ALIAS</rng>",
        "<hostdev mode='subsystem' type='pci'><source><address domain='0x0000' bus='0x3b' slot='0x00' function='0x1'/></source><address type='pci' domain='0x0000' bus='0x00' slot='0xNN' function='0x2'/></hostdev>",
        "<video><model type='virtio' heads='1'/></video>",
        "<!-- kept <as> it is --><sound model='ich9'><codec type='micro'/></sound>",
    ];

    private static readonly string[] Systems =
    [
        "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><boot dev='hd'/></os>",
        "<os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><loader readonly='yes' secure='yes' type='pflash'>/usr/share/OVMF/OVMF_CODE_4M.fd</loader><nvram template=\"/usr/share/OVMF/VARS.fd\">/srv/images/vars.fd</nvram></os>",
        "<os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><kernel>/srv/images/k/../vmlinuz</kernel></os>",
        "<os>\n<type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type><kernel>/srv/images/vmlinuz</kernel><initrd>/srv/templates/initrd</initrd><cmdline>a=&quot;b&quot; &gt; c</cmdline><smbios mode='sysinfo'/></os>",
    ];

    private static readonly string[] Processors =
        ["", "<cpu mode='host-model' check='partial'/>", "<cpu mode='host-passthrough' check='none'/>", "<cpu mode='custom' match='exact'><model fallback='forbid'>qemu64</model><topology sockets='1' dies='1' cores='2' threads='1'/></cpu>"];

    private static readonly string[] Others =
    [
        "<metadata><app:x xmlns:app=\"http://example.com/&quot;\" app:a='1'>\r\n\t<app:y>ä&#x20AC;€<![CDATA[<raw> & ]]></app:y><alias name='mine'/></app:x></metadata>",
        "<sysinfo type='smbios'><system><entry name='serial'>S-1</entry></system></sysinfo>",
        "<title>it's &lt;mine&gt;</title>",
        "<clock offset='utc'><timer name='rtc' tickpolicy='catchup'/></clock>",
        "<resource><partition>/machine</partition></resource>",
        "<seclabel type='dynamic' model='dac' relabel='yes'><label>+0:+0</label><imagelabel>+0:+0</imagelabel></seclabel>",
        "<seclabel type='dynamic' model='selinux' relabel='yes'><label>l</label><baselabel>b</baselabel></seclabel>",
        "<vcpu placement='static'>2</vcpu>",
        "<cputune><vcpupin vcpu='0' cpuset='1'/></cputune>",
        "<features><acpi/><hyperv mode='custom'><relaxed state='on'/></hyperv></features>",
        "<?keep this?>",
    ];

    public static Gen<TargetProfile> Target { get; } =
        from mapped in Gen.Bool
        from chap in Gen.Bool
        from sameCpu in Gen.Bool
        select Profiles.Plain with
        {
            Storages = [new("images", "/srv/images", mapped ? "/mnt/images" : "/srv/images/"), new("templates", "/srv/templates", "/t"), new("deep", "/srv/templates/deep/", "/d/e")],
            FirmwareFiles = ["/usr/share/OVMF/OVMF_CODE_4M.fd"],
            HostCpuModel = "EPYC",
            SourceHostCpuModel = sameCpu ? "EPYC" : null,
            Volumes = [.. Enumerable.Range(0, 4).Where(index => index % 2 == 1).Select(index => new VolumeMapping($"vd{(char)('a' + index)}", "192.0.2.9", 3260, "iqn.new", (uint)index, chap ? "user" : null, chap ? "usage" : null))],
        };

    public static Gen<string> Domain { get; } = Of(disks: 4, devices: 6, others: Others.Length);

    /// <summary>Often with nothing in it that another host would want otherwise.</summary>
    public static Gen<string> SmallDomain { get; } = Of(disks: 1, devices: 1, others: 3);

    /// <summary>Parts of a definition that no rule looks into, as they were written.</summary>
    public static IEnumerable<string> UntouchedIn(string xml) => Others.Take(4).Append("<!-- kept <as> it is -->").Append("<?keep this?>").Append("&quot;b&quot; &gt; c").Where(part => xml.Contains(part, StringComparison.Ordinal));

    private static Gen<string> Of(int disks, int devices, int others) =>
        from live in Gen.Bool
        from newLine in Gen.OneOf("", "\n  ", "\r\n\t")
        from system in Gen.OneOf(Systems)
        from processor in Gen.OneOf(Processors)
        from parts in Gen.Shuffle(Others, 0, others)
        from sources in Gen.OneOf(Sources).Array[0, disks]
        from plugged in Gen.OneOf(Devices).Array[0, devices]
        from aliases in Gen.OneOf("", "<alias name='net0'/>", "<alias name='ua-mine'/>").Array[16]
        let written = sources.Select((source, index) => source.Replace("NAME", $"d{index}", StringComparison.Ordinal)
            .Replace("INDEX", live ? $"index='{index}'" : "", StringComparison.Ordinal)
            .Replace("CHAIN", live ? "<backingStore type='file' index='9'><format type='raw'/><source file='/srv/nowhere/b'/></backingStore>" : "", StringComparison.Ordinal)
            + $"<target dev='vd{(char)('a' + index)}' bus='virtio'/><serial>S{index}</serial><boot order='{index + 1}'/>{aliases[index]}<address type='pci' domain='0x0000' bus='0x02' slot='0x0{index}' function='0x0'/></disk>")
        let fitted = plugged.Select((device, index) => device.Replace("NN", $"1{index}", StringComparison.Ordinal).Replace("ALIAS", aliases[index + 4], StringComparison.Ordinal))
        let all = new[] { "<uuid>0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001</uuid>", "<name>guest</name>", "<memory unit='KiB'>1024</memory>", system, processor }.Concat(Singles(parts))
        select $"<domain type='kvm'{(live ? " id='5'" : "")}>{newLine}{string.Join(newLine, all)}<devices>{newLine}<emulator>/usr/bin/qemu-system-x86_64</emulator>{newLine}{string.Join(newLine, written.Concat(fitted))}{newLine}</devices>{newLine}</domain>\n";

    private static IEnumerable<string> Singles(IEnumerable<string> parts) => parts.DistinctBy(part => part.Split(' ', '>')[0] + (part.Contains("selinux", StringComparison.Ordinal) ? "2" : ""));
}
