using Recovery.Executor.Watching;

namespace Recovery.Executor.Tests.Watching;

public sealed class BootStampTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public BootStampTests() => File.WriteAllText(directory["boot_id"], "kernel-1\n");

    private string Runtime => directory["run/recovery-executor"];

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_restart_of_the_executor_is_the_same_boot_and_a_cleared_directory_is_another_one()
    {
        var first = Read();
        Assert.True(Guid.TryParseExact(first, "D", out _));
        Assert.Equal(first, Read());
        Directory.Delete(Runtime, recursive: true);
        Assert.NotEqual(first, Read());
    }

    [Fact]
    public void A_stamp_that_outlasted_a_reboot_after_all_is_told_by_the_kernel()
    {
        var first = Read();
        File.WriteAllText(directory["boot_id"], "kernel-2\n");
        var second = Read();
        Assert.NotEqual(first, second);
        Assert.Equal(second, Read());
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish\nkernel-1\n")]
    [InlineData("0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001")]
    public void What_is_no_stamp_is_replaced(string written)
    {
        Directory.CreateDirectory(Runtime);
        File.WriteAllText(Path.Combine(Runtime, BootStamp.Name), written);
        var boot = Read();
        Assert.NotEqual("0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001", boot);
        Assert.Equal(boot, Read());
    }

    private string Read() => BootStamp.Read(Runtime, directory["boot_id"]);
}
