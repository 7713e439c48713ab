using System.Diagnostics;
using Recovery.Executor.Storage;

namespace Recovery.Executor.Tests.Storage;

/// <summary>Against real QEMU processes that hold real locks.</summary>
public sealed class ImageLockTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();
    private readonly List<Process> holders = [];

    public void Dispose()
    {
        foreach (var holder in holders) Tool.End(holder);
        directory.Dispose();
    }

    [Fact]
    public void An_image_that_nobody_uses_is_free()
    {
        var image = Image("free.qcow2");
        Assert.False(ImageLock.IsWritten(image));
        Assert.False(ImageLock.IsHeldAgainstWriting(image));
    }

    [Theory]
    [InlineData("qcow2")]
    [InlineData("raw")]
    public async Task An_image_that_a_process_writes_is_written_until_the_process_dies(string format)
    {
        var image = Image("disk", format);
        var writer = Hold("qemu-io", "-f", format, image);
        await Tool.Until(() => ImageLock.IsWritten(image), "the writer's lock");
        Tool.End(writer);
        holders.Remove(writer);
        Assert.False(ImageLock.IsWritten(image));
    }

    [Fact]
    public async Task A_reader_is_no_writer_but_may_forbid_writing()
    {
        var image = Image("disk.qcow2");
        Hold("qemu-io", "-r", "-f", "qcow2", image);
        await Tool.Until(() => ImageLock.IsHeldAgainstWriting(image), "the reader's lock");
        Assert.False(ImageLock.IsWritten(image));
    }

    [Fact]
    public async Task The_probe_itself_takes_no_lock_that_a_start_could_trip_over()
    {
        var image = Image("disk.qcow2");
        using var opened = Posix.OpenForReading(image);
        Assert.False(Posix.IsLocked(opened, 101));
        Hold("qemu-io", "-f", "qcow2", image);
        await Tool.Until(() => ImageLock.IsWritten(image), "the writer's lock, beside our open file");
    }

    private Process Hold(string program, params string[] arguments)
    {
        var holder = Tool.Begin(program, arguments);
        holders.Add(holder);
        return holder;
    }

    private string Image(string name, string format = "qcow2")
    {
        Tool.Run("qemu-img", "create", "-q", "-f", format, directory[name], "4M");
        return directory[name];
    }
}
