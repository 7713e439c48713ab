using Recovery.Executor.DomainXml;
using Recovery.Executor.Watching;

namespace Recovery.Executor.Tests.Watching;

public sealed class HostDevicesTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_device_is_named_by_what_it_is_and_not_by_where()
    {
        Directory.CreateDirectory(directory["pci/devices/0000:3b:00.0"]);
        File.WriteAllText(directory["pci/devices/0000:3b:00.0/vendor"], "0x10de\n");
        File.WriteAllText(directory["pci/devices/0000:3b:00.0/device"], "0x1eb8\n");
        Directory.CreateDirectory(directory["types/nvidia-35"]);
        Directory.CreateDirectory(directory["mdev/devices/c2177883-f1bb-47f0-914d-32a22e3a8804"]);
        File.CreateSymbolicLink(directory["mdev/devices/c2177883-f1bb-47f0-914d-32a22e3a8804/mdev_type"], directory["types/nvidia-35"]);

        Assert.Equal("pci 10de:1eb8", HostDevices.ClassOf(new GivenDevice("pci", "0000:3b:00.0"), directory.Path));
        Assert.Equal("mdev nvidia-35", HostDevices.ClassOf(new GivenDevice("mdev", "c2177883-f1bb-47f0-914d-32a22e3a8804"), directory.Path));
    }

    [Theory]
    [InlineData("pci", "0000:3b:00.0", "pci at 0000:3b:00.0")]
    [InlineData("pci", "../../../etc", "pci at ../../../etc")]
    [InlineData("mdev", "c2177883-f1bb-47f0-914d-32a22e3a8804", "mdev at c2177883-f1bb-47f0-914d-32a22e3a8804")]
    [InlineData("usb", "0x1234:0xbeef", "usb at 0x1234:0xbeef")]
    [InlineData("scsi", "", "scsi")]
    public void What_this_host_does_not_tell_is_named_by_its_place(string kind, string address, string expected) =>
        Assert.Equal(expected, HostDevices.ClassOf(new GivenDevice(kind, address), directory.Path));

    [Fact]
    public void An_address_that_a_definition_makes_up_leads_nowhere_else()
    {
        Directory.CreateDirectory(directory["pci/devices"]);
        Directory.CreateDirectory(directory["elsewhere"]);
        File.WriteAllText(directory["elsewhere/vendor"], "secret");
        File.WriteAllText(directory["elsewhere/device"], "secret");
        Assert.Equal("pci at ../../elsewhere", HostDevices.ClassOf(new GivenDevice("pci", "../../elsewhere"), directory.Path));
    }

    [Theory]
    [InlineData("MemTotal: 1 kB\nHugepagesize:    1048576 kB\n", 1048576)]
    [InlineData("MemTotal: 1 kB\n", 2048)]
    [InlineData("Hugepagesize: none\n", 2048)]
    public void The_kernel_says_how_large_an_unnamed_huge_page_is(string memory, uint kib)
    {
        File.WriteAllText(directory["meminfo"], memory);
        Assert.Equal(kib, HugePageSize.OfHost(directory["meminfo"]));
    }
}
