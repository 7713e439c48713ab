using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Storage;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

public sealed class DiskCheckTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public DiskCheckTests() => directory.Storage("pool", "pool-a");

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_whole_and_free_disk_has_no_fault()
    {
        Image("pool/base", "4M");
        Image("pool/disk", "4M", "-b", "base", "-F", "qcow2");
        Assert.Null(Fault(Disk("disk", size: 4 << 20)));
    }

    [Fact]
    public void Each_fault_has_its_code()
    {
        Image("pool/disk", "4M");
        Assert.Equal(ErrorCode.StorageMissing, Fault(Disk("disk", storage: "pool-b"))!.Code);
        Assert.Equal(ErrorCode.StorageMissing, Fault(Disk("disk", storage: ""))!.Code);
        Assert.Equal(ErrorCode.DiskMissing, Fault(Disk("nothing"))!.Code);
        Assert.Equal(ErrorCode.DiskTooSmall, Fault(Disk("disk", size: (4 << 20) + 1))!.Code);
    }

    [Fact]
    public void A_backing_file_outside_every_storage_may_be_another_one_here()
    {
        Image("local-base", "4M");
        Image("pool/disk", "4M", "-b", directory["local-base"], "-F", "qcow2");
        var fault = Fault(Disk("disk"))!;
        Assert.Equal(ErrorCode.DiskChainBroken, fault.Code);
        Assert.Contains("on no storage of this host", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_backing_file_on_another_storage_must_be_one_that_the_source_had_there()
    {
        directory.Storage("other", "pool-b");
        Image("other/base", "4M");
        Image("pool/disk", "4M", "-b", directory["other/base"], "-F", "qcow2");
        Assert.Equal(ErrorCode.DiskChainBroken, Fault(Disk("disk"))!.Code);
        Assert.Null(Fault(Disk("disk"), new StorageLocation("pool-b", "base")));
    }

    [Fact]
    public async Task A_disk_that_is_written_elsewhere_is_locked_and_a_shareable_one_is_not_asked()
    {
        Image("pool/disk", "4M");
        var writer = Tool.Begin("qemu-io", "-f", "qcow2", directory["pool/disk"]);
        try
        {
            await Tool.Until(() => ImageLock.IsWritten(directory["pool/disk"]), "the writer's lock");
            Assert.Equal(ErrorCode.DiskLocked, Fault(Disk("disk"))!.Code);
            var shareable = Disk("disk");
            shareable.Shareable = true;
            Assert.Null(Fault(shareable));
        }
        finally
        {
            Tool.End(writer);
        }
    }

    [Fact]
    public void Other_files_need_only_be_there()
    {
        File.WriteAllText(directory["pool/vars.fd"], "");
        var nvram = Disk("vars.fd");
        nvram.File.Role = "nvram";
        Assert.Null(Fault(nvram));
    }

    private DiskFault? Fault(ExpectedDisk disk, params StorageLocation[] expected)
    {
        var paths = Directory.GetDirectories(directory.Path);
        var roots = new StorageCatalogue(paths, NullLogger<StorageCatalogue>.Instance).Read();
        return new DiskCheck(roots, expected.ToHashSet()).Fault(disk);
    }

    private static ExpectedDisk Disk(string path, string storage = "pool-a", ulong size = 0) => new()
    {
        DiskTarget = "vda",
        MinimumSizeBytes = size,
        File = new HostFile { Role = "disk", Path = $"/source/{path}", StorageId = storage, PathInStorage = path, Format = "qcow2" },
    };

    private void Image(string name, string size, params string[] options) =>
        Tool.Run("qemu-img", ["create", "-q", "-f", "qcow2", .. options, directory[name], size]);
}
