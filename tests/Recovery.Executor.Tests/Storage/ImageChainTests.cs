using Recovery.Executor.Storage;

namespace Recovery.Executor.Tests.Storage;

public sealed class ImageChainTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void An_image_without_backing_file_is_a_chain_of_one_with_its_virtual_size()
    {
        Create("disk.qcow2", "64M");
        Assert.Equal([new ImageLink(directory["disk.qcow2"], "qcow2", 64 << 20)], ImageChain.Read(directory["disk.qcow2"], "qcow2"));
    }

    [Fact]
    public void A_chain_is_followed_nearest_first_by_the_formats_that_the_headers_declare()
    {
        Tool.Run("qemu-img", "create", "-q", "-f", "raw", directory["base.raw"], "8M");
        Create("middle.qcow2", "16M", "-b", "base.raw", "-F", "raw");
        Create("top.qcow2", "32M", "-b", directory["middle.qcow2"], "-F", "qcow2");
        Assert.Equal(
            [
                new ImageLink(directory["top.qcow2"], "qcow2", 32 << 20),
                new ImageLink(directory["middle.qcow2"], "qcow2", 16 << 20),
                new ImageLink(directory["base.raw"], "raw", 8 << 20),
            ],
            ImageChain.Read(directory["top.qcow2"], "qcow2"));
    }

    [Theory]
    [InlineData("compat=0.10")]
    [InlineData("compat=1.1,cluster_size=512")]
    [InlineData("compat=1.1,cluster_size=2M,lazy_refcounts=on")]
    public void Every_variant_of_the_header_is_read(string options)
    {
        Create("base.qcow2", "4M");
        Create("top.qcow2", "4M", "-o", options, "-b", "base.qcow2", "-F", "qcow2");
        Assert.Equal(2, ImageChain.Read(directory["top.qcow2"], "qcow2").Count);
    }

    [Fact]
    public void A_raw_disk_is_never_probed_though_its_guest_wrote_a_qcow2_header_into_it()
    {
        Create("secret.qcow2", "4M");
        Create("evil.raw", "4M", "-b", "secret.qcow2", "-F", "qcow2");
        Assert.Single(ImageChain.Read(directory["evil.raw"], "raw"));
    }

    [Fact]
    public void A_missing_backing_file_is_named()
    {
        Create("base.qcow2", "4M");
        Create("top.qcow2", "4M", "-b", "base.qcow2", "-F", "qcow2");
        File.Delete(directory["base.qcow2"]);
        var broken = Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["top.qcow2"], "qcow2"));
        Assert.Contains(directory["base.qcow2"], broken.Message, StringComparison.Ordinal);
        Assert.Single(ImageChain.ReadWhatIsThere(directory["top.qcow2"], "qcow2"));
    }

    [Fact]
    public void A_backing_file_whose_format_the_header_does_not_name_is_a_fault()
    {
        Create("base.qcow2", "4M");
        Create("top.qcow2", "4M", "-b", "base.qcow2", "-F", "qcow2");
        EraseBackingFormat(directory["top.qcow2"]);
        var broken = Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["top.qcow2"], "qcow2"));
        Assert.Contains("does not name the format of its backing file base.qcow2", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_external_data_file_is_a_fault()
    {
        Create("top.qcow2", "4M", "-o", $"data_file={directory["data.raw"]}");
        var broken = Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["top.qcow2"], "qcow2"));
        Assert.Contains("external file", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backing_file_over_the_network_is_a_fault_and_its_address_is_not_told()
    {
        Tool.Run("qemu-img", "create", "-q", "-u", "-f", "qcow2", "-b", "nbd://user:password@10.0.0.1/x", "-F", "raw", directory["top.qcow2"], "4M");
        var broken = Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["top.qcow2"], "qcow2"));
        Assert.Contains("'nbd:…'", broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("password", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_image_that_backs_itself_does_not_hold_us_for_ever()
    {
        Create("a.qcow2", "4M");
        Tool.Run("qemu-img", "rebase", "-u", "-b", "a.qcow2", "-F", "qcow2", directory["a.qcow2"]);
        Assert.Contains("backed by itself", Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["a.qcow2"], "qcow2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_declared_as_qcow2_and_is_none_is_a_fault_whatever_its_content()
    {
        File.WriteAllBytes(directory["noise"], [.. Enumerable.Repeat((byte)0xa5, 4096)]);
        Assert.Contains("no qcow2 image", Assert.Throws<ImageChainException>(() => ImageChain.Read(directory["noise"], "qcow2")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_header_is_a_fault_and_never_another_exception()
    {
        Create("base.qcow2", "4M");
        Create("top.qcow2", "4M", "-b", "base.qcow2", "-F", "qcow2");
        var healthy = File.ReadAllBytes(directory["top.qcow2"]);
        var random = new Random(20110606);
        for (var i = 0; i < 2000; i++)
        {
            var damaged = (byte[])healthy.Clone();
            for (var flips = 0; flips < 4; flips++) damaged[random.Next(4, 160)] = (byte)random.Next(256);
            File.WriteAllBytes(directory["damaged.qcow2"], damaged[..random.Next(8, 600)]);
            Assert.True(Record.Exception(() => ImageChain.Read(directory["damaged.qcow2"], "qcow2")) is null or ImageChainException);
        }
    }

    private void Create(string name, string size, params string[] options) =>
        Tool.Run("qemu-img", ["create", "-q", "-f", "qcow2", .. options, directory[name], size]);

    // As images of before 2011 are: the extension that names the format is made one that nobody knows.
    private static void EraseBackingFormat(string image)
    {
        var bytes = File.ReadAllBytes(image);
        byte[] extension = [0xe2, 0x79, 0x2a, 0xca];
        var at = bytes.AsSpan().IndexOf(extension);
        bytes[at] = 0x11;
        File.WriteAllBytes(image, bytes);
    }
}
