using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

public sealed class NfsSharesTests : IDisposable
{
    private const string Export = "10.77.0.1:/export";
    private readonly TemporaryDirectory directory = new();
    private readonly NfsShare share = new() { Export = Export, Name = "volume-1" };

    public void Dispose() => directory.Dispose();

    // The directory that os-brick made for this export on a real host.
    private string MountPoint => directory["223dc1526c053fa682a3204acdcac061"];

    [Fact]
    public async Task A_share_that_is_mounted_already_is_used_as_it_is()
    {
        Assert.Equal(Path.Combine(MountPoint, "volume-1"), Shares(Export).PathOf(share));
        WriteVolume(2048);
        Assert.Contains("is mounted already", await Prove(Shares(Export), 2048), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_volume_that_is_not_there_or_too_small_is_not_taken()
    {
        Assert.Equal(ErrorCode.DiskMissing, (await Failure(Shares(Export), 0)).Code);
        WriteVolume(2048);
        Assert.Equal(ErrorCode.DiskTooSmall, (await Failure(Shares(Export), 2049)).Code);
    }

    [Fact]
    public async Task Another_export_in_its_place_is_an_alarm()
    {
        WriteVolume(2048);
        var failure = await Failure(Shares("10.77.0.9:/other"), 0);
        Assert.Equal(ErrorCode.MountFailed, failure.Code);
        Assert.Contains("10.77.0.9:/other", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_size_of_a_qcow2_volume_is_its_guests()
    {
        Directory.CreateDirectory(MountPoint);
        Tool.Run("qemu-img", "create", "-q", "-f", "qcow2", Path.Combine(MountPoint, "volume-1"), "64M");
        share.Format = "qcow2";
        Assert.Contains("64 MiB", await Prove(Shares(Export), 64 << 20), StringComparison.Ordinal);
    }

    private void WriteVolume(int bytes)
    {
        Directory.CreateDirectory(MountPoint);
        File.WriteAllBytes(Path.Combine(MountPoint, "volume-1"), new byte[bytes]);
    }

    private NfsShares Shares(string mounted)
    {
        File.WriteAllText(directory["mounts"], $"proc /proc proc rw 0 0\n{mounted} {MountPoint} nfs4 rw 0 0\n");
        return new NfsShares(directory.Path, directory["mounts"]);
    }

    private Task<string> Prove(NfsShares shares, ulong minimum) =>
        shares.Prove(new Volume { DiskTarget = "vdb", Nfs = share, MinimumSizeBytes = minimum }, TestContext.Current.CancellationToken);

    private async Task<StepFailure> Failure(NfsShares shares, ulong minimum) =>
        await Assert.ThrowsAsync<StepFailure>(() => Prove(shares, minimum));
}
