using Microsoft.Extensions.Logging.Abstractions;
using Recovery.Executor.Storage;

namespace Recovery.Executor.Tests.Storage;

public sealed class StoragePathsTests : IDisposable
{
    private readonly TemporaryDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void A_file_is_told_by_its_storage_and_its_path_in_it_also_before_it_exists()
    {
        var roots = Read(directory.Storage("pool", "pool-a"));
        Directory.CreateDirectory(directory["pool/guests"]);
        Assert.Equal(new StorageLocation("pool-a", "guests/disk"), StoragePaths.Locate(roots, directory["pool/guests/disk"]));
    }

    [Fact]
    public void A_path_that_reaches_a_storage_through_a_link_is_on_that_storage()
    {
        var roots = Read(directory.Storage("pool", "pool-a"));
        File.WriteAllText(directory["pool/disk"], "");
        Directory.CreateSymbolicLink(directory["images"], directory["pool"]);
        Assert.Equal(new StorageLocation("pool-a", "disk"), StoragePaths.Locate(roots, directory["images/disk"]));
    }

    [Fact]
    public void A_link_in_a_storage_to_a_file_outside_is_on_no_storage_and_not_followed()
    {
        var roots = Read(directory.Storage("pool", "pool-a"));
        File.WriteAllText(directory["local"], "");
        File.CreateSymbolicLink(directory["pool/disk"], directory["local"]);
        Assert.Null(StoragePaths.Locate(roots, directory["pool/disk"]));
        Assert.Throws<OutsideStorageException>(() => StoragePaths.Resolve(roots[0], "disk"));
    }

    [Fact]
    public void A_neighbour_whose_name_begins_alike_is_another_directory()
    {
        var roots = Read(directory.Storage("pool", "pool-a"));
        Directory.CreateDirectory(directory["pool-2"]);
        File.WriteAllText(directory["pool-2/disk"], "");
        Assert.Null(StoragePaths.Locate(roots, directory["pool-2/disk"]));
    }

    [Fact]
    public void Of_nested_storages_the_inner_one_has_the_file()
    {
        var roots = Read(directory.Storage("pool", "outer"), directory.Storage("pool/inner", "inner"));
        Assert.Equal(new StorageLocation("inner", "disk"), StoragePaths.Locate(roots, directory["pool/inner/disk"]));
    }

    [Theory]
    [InlineData("../pool/disk")]
    [InlineData("a/../../disk")]
    [InlineData("/etc/passwd")]
    [InlineData("./disk")]
    [InlineData("a//b")]
    [InlineData("")]
    public void A_path_in_storage_that_climbs_or_is_absolute_is_refused(string path)
    {
        var root = Read(directory.Storage("pool", "pool-a"))[0];
        Assert.False(StoragePaths.IsPlain(path));
        Assert.Throws<OutsideStorageException>(() => StoragePaths.Resolve(root, path));
    }

    [Fact]
    public void A_directory_without_marker_is_no_storage_as_an_unmounted_share_is_not()
    {
        Directory.CreateDirectory(directory["unmounted"]);
        Assert.Empty(Read(directory["unmounted"], directory["missing"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("../x")]
    public void A_marker_without_a_plain_id_is_no_storage(string marker) => Assert.Empty(Read(directory.Storage("pool", marker)));

    [Fact]
    public void Two_paths_of_one_id_count_once() =>
        Assert.Single(Read(directory.Storage("a", "same"), directory.Storage("b", "same")));

    private static IReadOnlyList<StorageRoot> Read(params string[] paths) =>
        new StorageCatalogue(paths, NullLogger<StorageCatalogue>.Instance).Read();
}
