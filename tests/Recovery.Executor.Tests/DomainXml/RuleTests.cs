using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>Cases too small or too rare for a golden folder: a fragment, and what must be said of it.</summary>
public class RuleTests
{
    private const string Kept = "";

    private static readonly TargetProfile Target = Profiles.Plain with
    {
        Networks = ["default"],
        NetworkDevices = ["eno1"],
        Volumes = [new("vdm", "192.0.2.9", 3260, "iqn.new", 1), new("vdn", "192.0.2.9", 3260, "iqn.new", 1, "user")],
    };

    [Theory]
    // Disks.
    [InlineData("<disk type='file' device='disk'><target dev='vda'/></disk>", "refused disk vda: it has no source")]
    [InlineData("<disk type='file' device='floppy'><target dev='fda'/></disk>", Kept)]
    [InlineData("<disk type='block' device='cdrom'><target dev='sda'/></disk>", Kept)]
    [InlineData("<disk type='block' device='cdrom'><source dev='/dev/sr0'/><target dev='sda'/></disk>", "refused disk sda: the block device '/dev/sr0'")]
    [InlineData("<disk type='file' device='cdrom'><source file='/iso/a' startupPolicy='requisite'/><target dev='sda'/></disk>", "refused disk sda: '/iso/a'")]
    [InlineData("<disk type='file' device='disk'><source file='/iso/a' startupPolicy='optional'/><target dev='sda'/></disk>", "refused disk sda: '/iso/a'")]
    [InlineData("<disk type='file'><source file='relative'/><target dev='vda'/></disk>", "refused disk vda: 'relative' is not absolute")]
    [InlineData("<disk type='file'><source file='/srv/images/a' fdgroup='g'/><target dev='vda'/></disk>", "refused disk vda: it uses file descriptors 'g'")]
    [InlineData("<disk type='dir'><source dir='/srv/images/fat'/><target dev='vda'/></disk>", "changed disk vda: source '/srv/images/fat' becomes '/mnt/images/fat'")]
    [InlineData("<disk type='nvme'><source type='pci' namespace='1'/><target dev='vda'/></disk>", "refused disk vda: a disk of type 'nvme'")]
    [InlineData("<disk type='vhostuser'><source type='unix' path='/run/x'/><target dev='vda'/></disk>", "refused disk vda: a disk of type 'vhostuser'")]
    [InlineData("<disk type='file'><source file='/srv/images/a'/><backingStore type='file'><format type='raw'/><source file='/local/b'/></backingStore><target dev='vda'/></disk>", "refused disk vda (backingStore): '/local/b'")]
    [InlineData("<disk type='file'><source file='/srv/images/a'/><backingStore type='block'><format type='raw'/><source dev='/dev/b'/></backingStore><target dev='vda'/></disk>", "refused disk vda (backingStore): a source of type 'block'")]
    [InlineData("<disk type='file'><source file='/srv/images/a'/><backingStore type='network'><format type='raw'/><source protocol='nbd'><host name='::1'/></source></backingStore><target dev='vda'/></disk>", "refused disk vda (backingStore): the nbd source '' is served by '::1'")]
    [InlineData("<disk type='file'><source file='/srv/images/a'><dataStore type='file'><format type='raw'/><source file='/srv/images/d'/></dataStore></source><target dev='vda'/></disk>", "changed disk vda (dataStore): source '/srv/images/d' becomes '/mnt/images/d'")]
    [InlineData("<disk type='file'><source file='/srv/images/a' index='4'/><mirror type='file' job='copy' ready='yes'><source file='/local/b' index='5'/></mirror><target dev='vda'/></disk>", "changed disk vda: the block job 'copy'")]
    [InlineData("<disk type='network'><source protocol='nbd' name='a'><host name='localhost'/></source><target dev='vda'/></disk>", "refused disk vda: the nbd source 'a' is served by 'localhost'")]
    [InlineData("<disk type='network'><source protocol='nbd' name='a'/><target dev='vda'/></disk>", "refused disk vda: the nbd source 'a' names no server")]
    [InlineData("<disk type='network'><source protocol='rbd' name='p/a'/><target dev='vda'/></disk>", Kept)]
    [InlineData("<disk type='network'><source protocol='ssh' name='a'><host name='s'/><identity keyfile='/root/.ssh/id'/></source><target dev='vda'/></disk>", "refused disk vda: keyfile '/root/.ssh/id'")]
    [InlineData("<disk type='network'><source protocol='iscsi' name='iqn.a/1'><host name='s'/></source><target dev='vda'/></disk>", Kept)]
    [InlineData("<disk type='file'><source file='/srv/images/a'><encryption format='luks'><secret type='passphrase' uuid='0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a9999'/></encryption></source><target dev='vda'/></disk>", "refused disk vda: it needs the libvirt secret (passphrase) with UUID '0b4cbb4c")]
    [InlineData("<disk type='block' device='lun'><source dev='/dev/disk/by-path/ip-192.0.2.9:3260-iscsi-iqn.old-lun-1'><reservations managed='yes'/></source><target dev='vdm'/></disk>", "refused disk vdm: it uses SCSI persistent reservations")]
    [InlineData("<disk type='block'><source dev='/dev/disk/by-path/ip-192.0.2.9:3260-iscsi-iqn.old-lun-1-part2'/><target dev='vdm'/></disk>", "refused disk vdm: it shall become the iSCSI LUN 'iqn.new/1'")]
    [InlineData("<disk type='network'><source protocol='rbd' name='p/a'/><target dev='vdm'/></disk>", "refused disk vdm: it shall become the iSCSI LUN 'iqn.new/1', but its definition names the network disk 'rbd:p/a'")]
    [InlineData("<disk type='network'><source protocol='iscsi' name='iqn.new/1'><host name='192.0.2.9'/></source><target dev='vdm'/></disk>", Kept)]
    [InlineData("<disk type='network'><source protocol='iscsi' name='iqn.new/1'><host name='192.0.2.9'/></source><target dev='vdn'/></disk>", "refused disk vdn: its volume has a CHAP username without")]
    // Interfaces.
    [InlineData("<interface type='bridge'><mac address='m'/><source bridge='any'/></interface>", Kept)]
    [InlineData("<interface type='network'><mac address='m'/><source network='other'/></interface>", "refused interface m: libvirt on node2 has no network 'other'")]
    [InlineData("<interface type='direct'><mac address='m'/><source dev='eno1' mode='bridge'/></interface>", Kept)]
    [InlineData("<interface type='direct'><mac address='m'/><source dev='eno1' mode='passthrough'/></interface>", "refused interface m: macvtap in mode 'passthrough'")]
    [InlineData("<interface type='direct'><mac address='m'/><source network='default' portid='p' dev='eno7' mode='passthrough'/></interface>", "changed interface m: the running guest's type 'direct' becomes 'network' again")]
    [InlineData("<interface type='user'><mac address='m'/></interface>", Kept)]
    [InlineData("<interface type='user'><mac address='m'/><backend type='passt'/><source dev='eth9'/></interface>", "refused interface m: it is stacked on the source's network device 'eth9'")]
    [InlineData("<interface type='vhostuser'><mac address='m'/><source type='unix' path='/run/vhu' mode='server'/></interface>", "refused interface m: its vhost-user socket '/run/vhu'")]
    [InlineData("<interface type='hostdev'><mac address='m'/><source><address type='pci' domain='0x0000' bus='0x3b'/></source></interface>", "refused interface m: it is a network device of the source ('pci domain=0x0000 bus=0x3b')")]
    [InlineData("<interface type='vdpa'><mac address='m'/><source dev='/dev/vhost-vdpa-0'/></interface>", "refused interface m: it is a network device of the source ('/dev/vhost-vdpa-0')")]
    [InlineData("<interface type='server'><mac address='m'/><source address='192.0.2.1' port='5'/></interface>", "refused interface m: its tunnel of type 'server'")]
    [InlineData("<interface type='client'><mac address='m'/><source address='192.0.2.1' port='5'/></interface>", Kept)]
    [InlineData("<interface type='client'><mac address='m'/><source address='127.0.0.1' port='5'/></interface>", "refused interface m: its tunnel of type 'client'")]
    [InlineData("<interface type='mcast'><mac address='m'/><source address='230.0.0.1' port='5'/></interface>", Kept)]
    [InlineData("<interface type='future'><mac address='m'/></interface>", "refused interface m: the type 'future' is not known here")]
    // Consoles.
    [InlineData("<graphics type='vnc' port='5901' listen='127.0.0.1'/>", Kept)]
    [InlineData("<graphics type='vnc' port='5901' listen='::'><listen type='address' address='::'/></graphics>", Kept)]
    [InlineData("<graphics type='vnc' port='5901'><listen type='none'/></graphics>", Kept)]
    [InlineData("<graphics type='vnc' port='5901' listen='fd00::1'/>", "changed graphics vnc: listen address 'fd00::1' becomes '192.0.2.12'")]
    [InlineData("<graphics type='vnc' port='5901' autoport='yes'/>", "changed graphics vnc: the running guest's port '5901' is removed")]
    [InlineData("<graphics type='vnc' port='5901' autoport='yes' websocket='5999'/>", "changed graphics vnc: the running guest's port '5901' is removed")]
    [InlineData("<graphics type='vnc' socket='/var/lib/libvirt/qemu/domain-3-a/vnc.sock'/>", "changed graphics vnc: the running guest's socket '/var/lib/libvirt/qemu/domain-3-a/vnc.sock' is removed")]
    [InlineData("<graphics type='vnc' socket='/var/lib/libvirt/qemu/a.sock'/>", Kept)]
    [InlineData("<graphics type='vnc'><listen type='network' network='other'/></graphics>", "refused graphics vnc: libvirt on node2 has no network 'other'")]
    [InlineData("<graphics type='sdl' display=':0.0'/>", "refused graphics sdl: it opens a window")]
    [InlineData("<graphics type='dbus' address='unix:path=/x'/>", "refused graphics dbus")]
    [InlineData("<graphics type='egl-headless'><gl rendernode='/dev/dri/renderD128'/></graphics>", "changed graphics egl-headless: the source's render node '/dev/dri/renderD128' is removed")]
    [InlineData("<serial type='file'><source path='/dev/null'/></serial>", Kept)]
    [InlineData("<serial type='file'><source path='/dev/ttyS1'/></serial>", "refused serial 0: it is bound to '/dev/ttyS1'")]
    [InlineData("<serial type='file'><source path='/var/log/libvirt/qemu/mine.log'/></serial>", Kept)]
    [InlineData("<serial type='file'><source path='/var/log/libvirt/qemu/../mine.log'/></serial>", "changed serial 0: log file '/var/log/libvirt/qemu/../mine.log' becomes '/var/log/libvirt/qemu/guest-serial0.log'")]
    [InlineData("<parallel type='dev'><source path='/dev/parport0'/></parallel>", "refused parallel 0: it is bound to '/dev/parport0'")]
    [InlineData("<serial type='pipe'><source path='/tmp/fifo'/></serial>", "refused serial 0: it is bound to '/tmp/fifo'")]
    [InlineData("<serial type='udp'><source mode='bind' host='192.0.2.1' service='1'/><source mode='connect' host='127.0.0.1' service='2'/></serial>", "refused serial 0: it connects to port '2' of the source host itself")]
    [InlineData("<serial type='tcp'><source mode='connect' host='192.0.2.99' service='2'/></serial>", Kept)]
    [InlineData("<redirdev bus='usb' type='tcp'><source mode='connect' host='localhost' service='4000'/></redirdev>", "refused redirdev 0: it connects to port '4000'")]
    [InlineData("<redirdev bus='usb' type='spicevmc'/>", Kept)]
    [InlineData("<channel type='unix'><source mode='bind' path='/var/lib/libvirt/qemu/f16x86_64.agent'/><target type='virtio' name='a'/></channel>", Kept)]
    [InlineData("<channel type='spicevmc'><target type='virtio' name='com.redhat.spice.0'/></channel>", Kept)]
    // Hardware of the source.
    [InlineData("<tpm model='tpm-crb'><backend type='emulator' version='2.0'><source type='file' path='/srv/images/tpm'/></backend></tpm>", "changed TPM state: '/srv/images/tpm' becomes '/mnt/images/tpm'")]
    [InlineData("<tpm model='tpm-crb'><backend type='emulator' version='2.0'><source type='file' path='/local/tpm'/></backend></tpm>", "refused TPM state: '/local/tpm'")]
    [InlineData("<tpm model='tpm-tis'><backend type='passthrough'><device path='/dev/tpm0'/></backend></tpm>", "refused tpm: the backend 'passthrough'")]
    [InlineData("<tpm model='tpm-tis'><backend type='external'><source type='unix' mode='connect' path='/srv/images/s'/></backend></tpm>", "refused tpm: the backend 'external'")]
    [InlineData("<memory model='nvdimm'><source><path>/srv/images/nv</path></source></memory>", "refused memory device: model 'nvdimm'")]
    [InlineData("<memory model='dimm'><source><nodemask>0-1</nodemask></source></memory>", "refused memory device: it is bound to NUMA nodes '0-1'")]
    [InlineData("<memory model='virtio-mem'><target><size unit='KiB'>1</size><current unit='KiB'>5</current></target></memory>", "changed memory device: the running guest's current size '5' is removed")]
    [InlineData("<smartcard mode='host'/>", "refused smartcard: mode 'host'")]
    [InlineData("<smartcard mode='passthrough' type='spicevmc'/>", Kept)]
    [InlineData("<shmem name='s'><model type='ivshmem-plain'/></shmem>", Kept)]
    [InlineData("<rng model='virtio'><backend model='egd' type='udp'/></rng>", "refused rng: the backend 'egd'")]
    [InlineData("<rng model='virtio'><backend model='builtin'/></rng>", Kept)]
    [InlineData("<filesystem type='mount'><driver type='virtiofs'/><source socket='/run/vfsd.sock'/><target dir='t'/></filesystem>", "refused filesystem 't': its virtiofsd was started outside")]
    [InlineData("<filesystem type='block'><source dev='/dev/sdb'/><target dir='t'/></filesystem>", "refused filesystem 't': a source of type 'block'")]
    [InlineData("<interface type='user'><mac address='m'/><rom file='/opt/rom.bin'/></interface>", "refused ROM of interface m: '/opt/rom.bin' doesn't exist on node2")]
    [InlineData("<interface type='user'><mac address='m'/><rom file='/srv/images/rom.bin'/></interface>", "changed ROM of interface m: '/srv/images/rom.bin' becomes '/mnt/images/rom.bin'")]
    [InlineData("<lease><lockspace>l</lockspace><key>k</key><target path='/srv/leases/x'/></lease>", "refused lease 'k': '/srv/leases/x'")]
    [InlineData("<emulator>/opt/wrapper</emulator>", "refused emulator: '/opt/wrapper'")]
    [InlineData("<emulator>/usr/libexec/qemu-kvm</emulator>", "changed emulator: '/usr/libexec/qemu-kvm' becomes '/usr/bin/qemu-system-x86_64'")]
    public void of_a_device(string device, string said) => Check($"<devices>{device}</devices>", said);

    [Theory]
    [InlineData("<blkiotune><device><path>/dev/sda</path><weight>5</weight></device></blkiotune>", "refused blkiotune: it limits the source's block device '/dev/sda'")]
    [InlineData("<numatune><memory mode='strict' placement='auto'/></numatune>", Kept)]
    [InlineData("<numatune><memnode cellid='0' mode='strict' nodeset='1'/></numatune>", "refused numatune: the memory is bound to the source's NUMA nodes '1'")]
    [InlineData("<cputune><shares>5</shares></cputune>", Kept)]
    [InlineData("<cputune><iothreadpin iothread='1' cpuset='4'/></cputune>", "refused cputune iothreadpin: it binds the guest to the source's CPUs '4'")]
    [InlineData("<memoryBacking><source type='file'/><access mode='shared'/></memoryBacking>", Kept)]
    [InlineData("<cpu mode='maximum'/>", "refused cpu: 'maximum'")]
    [InlineData("<cpu><topology sockets='1' cores='1' threads='1'/></cpu>", Kept)]
    [InlineData("<seclabel type='dynamic' model='selinux' relabel='yes'><label>l</label><imagelabel>i</imagelabel><baselabel>b</baselabel></seclabel>", "changed seclabel selinux: the running guest's label 'l' is removed")]
    [InlineData("<seclabel type='static' model='dac' relabel='yes'><label>+5:+5</label></seclabel>", Kept)]
    [InlineData("<resource><partition>/machine</partition></resource>", Kept)]
    [InlineData("<sysinfo type='fwcfg'><entry name='opt/x' file='/local/x'/></sysinfo>", "refused firmware configuration 'opt/x': '/local/x'")]
    [InlineData("<sysinfo type='fwcfg'><entry name='opt/x'>y</entry></sysinfo>", Kept)]
    [InlineData("<launchSecurity type='tdx'/>", "refused launchSecurity: 'tdx'")]
    public void of_the_domain(string part, string said) => Check(part, said);

    [Theory]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><nvram type='file'><source file='/srv/images/v'/></nvram></os>", "changed NVRAM: '/srv/images/v' becomes '/mnt/images/v'")]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><nvram type='block'><source dev='/dev/v'/></nvram></os>", "refused NVRAM: it is kept on 'block'")]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><nvram template='/t'/></os>", "refused NVRAM: the UEFI firmware keeps variables")]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><loader readonly='yes' type='pflash'>/srv/images/CODE.fd</loader></os>", "refused NVRAM: the UEFI firmware keeps variables")]
    [InlineData("<os firmware='efi'><type arch='x86_64' machine='q35'>hvm</type><loader stateless='yes'/></os>", Kept)]
    [InlineData("<os firmware='bios'><type arch='x86_64' machine='q35'>hvm</type></os>", Kept)]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><loader type='rom'>/usr/share/seabios/bios.bin</loader></os>", "refused firmware loader: '/usr/share/seabios/bios.bin'")]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><acpi><table type='slic'>/srv/images/slic</table></acpi></os>", "changed ACPI table: '/srv/images/slic' becomes '/mnt/images/slic'")]
    [InlineData("<os><type arch='x86_64' machine='q35'>hvm</type><dtb>/x.dtb</dtb></os>", "refused device tree: '/x.dtb'")]
    [InlineData("<os><type arch='x86_64'>hvm</type></os>", "refused domain: it names no machine type")]
    [InlineData("<os><type arch='aarch64' machine='virt'>hvm</type></os>", "refused domain: architecture 'aarch64' can't run with KVM")]
    [InlineData("<os><type arch='i686' machine='pc'>hvm</type></os>", Kept)]
    [InlineData("<os><type arch='x86_64' machine='q35'>exe</type></os>", "refused domain: the operating system type 'exe'")]
    public void of_the_firmware(string os, string said) => Check("", said, os);

    [Theory]
    [InlineData("-device", "ich9-intel-hda", Kept)]
    [InlineData("-fw_cfg", "name=opt/org.example/key,string=a", Kept)]
    [InlineData("--global", "a.b=c", Kept)]
    [InlineData("-fw_cfg", "name=opt/org.example/key,file=key", "refused qemu:commandline: the option '-fw_cfg'")]
    [InlineData("-device", "vhost-vsock-pci", "refused qemu:commandline: the option '-device'")]
    [InlineData("-device", "virtio-blk-pci,drive=x", "refused qemu:commandline: the option '-device'")]
    [InlineData("-smbios", "type=1,serial=/dev/x", "refused qemu:commandline: the option '-smbios'")]
    [InlineData("-cpu", "host", "refused qemu:commandline: the option '-cpu'")]
    [InlineData("-object", "secret,id=a,data=hunter2", "refused qemu:commandline: the option '-object'")]
    [InlineData("-chardev=secret", "x", "refused qemu:commandline: the option '-chardev'")]
    [InlineData("/srv/images/extra.img", "", "refused qemu:commandline: an argument without option")]
    public void of_an_argument_for_qemu(string option, string value, string said) =>
        Check($"<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='{option}'/><q:arg value='{value}'/></q:commandline>", said);

    [Theory]
    [InlineData("<disk type='file'><source file='/srv/images/a&amp;b &lt;&apos;&quot;&gt;&#10;&#9;'   startupPolicy=\"mandatory\"  /><target dev='vda'/></disk>", "<disk type='file'><source file='/mnt/images/a&amp;b &lt;&apos;&quot;&gt;&#10;&#9;' startupPolicy='mandatory'/><target dev='vda'/></disk>")]
    [InlineData("<disk type=\"file\"><source file=\"/srv/images/it's\"></source><target dev='vda'></target ></disk>", "<disk type=\"file\"><source file=\"/mnt/images/it&apos;s\"></source><target dev='vda'></target ></disk>")]
    public void given_special_characters_when_a_tag_is_written_anew_then_they_are_escaped_and_the_rest_stays_as_it_was(string device, string rewritten) =>
        Assert.Equal(Xml($"<devices>{rewritten}</devices>", null), DomainRewriter.Rewrite(Xml($"<devices>{device}</devices>", null), Target).Xml);

    // What libvirt itself writes when the guest is off.
    [Theory]
    [InlineData("<graphics type='spice' port='5900' tlsPort='5901' autoport='yes'/>", "<graphics type='spice' autoport='yes'/>")]
    [InlineData("<graphics type='vnc' port='5900' autoport='yes' websocket='5700'/>", "<graphics type='vnc' port='-1' autoport='yes' websocket='-1'/>")]
    [InlineData("<graphics type='vnc' port='5900' autoport='yes' websocket='5999'/>", "<graphics type='vnc' port='-1' autoport='yes' websocket='5999'/>")]
    [InlineData("<graphics type='spice' port='5900' autoport='no'/>", "<graphics type='spice' port='5900' autoport='no'/>")]
    public void given_ports_when_rewritten_then_those_of_libvirt_are_free_and_those_of_the_owner_stay(string graphics, string rewritten) =>
        Assert.Equal(Xml($"<devices>{rewritten}</devices>", null), DomainRewriter.Rewrite(Xml($"<devices>{graphics}</devices>", null), Target).Xml);

    [Fact]
    public void given_a_kind_that_is_neither_kvm_nor_qemu_when_rewritten_then_it_is_refused() =>
        Assert.Contains("domain: type 'lxc' is not known here", Assert.Single(DomainRewriter.Rewrite(Xml("", "<os><type arch='x86_64' machine='q35'>hvm</type></os>").Replace("'kvm'", "'lxc'", StringComparison.Ordinal), Target).Refusals), StringComparison.Ordinal);

    [Theory]
    [InlineData("-object", "secret,id=a,data=hunter2")]
    [InlineData("-chardev=hunter2", "x")]
    [InlineData("-device", "a,host=hunter2")]
    public void given_a_secret_among_the_arguments_when_refused_then_it_is_not_printed(string option, string value) =>
        Assert.DoesNotContain("hunter2", string.Join(' ', DomainRewriter.Rewrite(Xml($"<q:commandline xmlns:q='http://libvirt.org/schemas/domain/qemu/1.0'><q:arg value='{option}'/><q:arg value='{value}'/></q:commandline>", null), Target).Refusals), StringComparison.Ordinal);

    private static void Check(string parts, string said, string? os = null)
    {
        var xml = Xml(parts, os);
        var result = DomainRewriter.Rewrite(xml, Target);
        var sentences = result.Changes.Select(change => "changed " + change).Concat(result.Refusals.Select(refusal => "refused " + refusal)).ToList();
        if (said == Kept)
        {
            Assert.Empty(sentences);
            Assert.Equal(xml, result.Xml);
        }
        else
        {
            Assert.Contains(sentences, sentence => sentence.StartsWith(said, StringComparison.Ordinal));
        }
    }

    private static string Xml(string parts, string? os) =>
        $"<domain type='kvm'><name>guest</name><uuid>0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001</uuid><memory>1024</memory>{os ?? "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"}{parts}</domain>";
}
