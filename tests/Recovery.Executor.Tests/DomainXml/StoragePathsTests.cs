using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Rules;

namespace Recovery.Executor.Tests.DomainXml;

public class StoragePathsTests
{
    private static readonly TargetProfile Target = Profiles.Plain with
    {
        Storages = [new("a", "/srv", "/mnt/srv/"), new("b", "/srv/images/", "/mnt/images"), new("c", "/same", "/same")],
    };

    [Theory]
    [InlineData("/srv/x", "/mnt/srv/x")]
    [InlineData("/srv/images/x", "/mnt/images/x")]
    [InlineData("/srv/images", "/mnt/images")]
    [InlineData("/srv/images2/x", "/mnt/srv/images2/x")]
    [InlineData("/srv//images/./x", "/mnt/images/x")]
    [InlineData("/same//x", "/same//x")]
    [InlineData("/srv/..x/y..", "/mnt/srv/..x/y..")]
    [InlineData("/server/x", null)]
    [InlineData("/srv/images/../x", null)]
    [InlineData("/srv/..", null)]
    [InlineData("srv/x", null)]
    [InlineData("", null)]
    public void given_storages_when_a_path_is_mapped_then_whole_components_and_the_longest_root_count(string path, string? mapped)
    {
        var result = StoragePaths.Map(path, Target);
        Assert.Equal(mapped, result.Mapped);
        Assert.Equal(mapped is null, result.Fault is not null);
    }
}
