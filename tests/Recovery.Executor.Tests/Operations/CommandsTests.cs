using Google.Protobuf.WellKnownTypes;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

public sealed class CommandsTests
{
    [Fact]
    public void A_fingerprint_does_not_depend_on_password_epoch_or_deadline_and_on_everything_else()
    {
        var command = Command("secret", 1, "iqn.x:a");
        Assert.Equal(Commands.Fingerprint(command), Commands.Fingerprint(Command("other", 9, "iqn.x:a")));
        Assert.NotEqual(Commands.Fingerprint(command), Commands.Fingerprint(Command("secret", 1, "iqn.x:b")));
        Assert.Equal("secret", command.ConnectVolumes.Volumes[0].ChapPassword);
    }

    [Fact]
    public void Faults_of_every_volume_and_disk_are_named_and_no_password_with_them()
    {
        var command = Command("hunter2", 1, "");
        command.ConnectVolumes.Volumes[0].Iscsi.PortalPort = 70000;
        command.ConnectVolumes.Volumes[0].DiskTarget = "../vda";
        var faults = string.Join('\n', Commands.Faults(command));
        foreach (var fault in new[] { "portal_port 70000", "target_name", "disk_target" }) Assert.Contains(fault, faults, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", faults, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../etc/shadow")]
    [InlineData("/etc/shadow")]
    public void A_disk_path_that_climbs_is_a_fault(string path)
    {
        var command = Command("", 1, "x");
        command.CheckDisks = new CheckDisks { Disks = { new ExpectedDisk { DiskTarget = "vda", File = new HostFile { StorageId = "a", PathInStorage = path } } } };
        Assert.Contains("path_in_storage", Assert.Single(Commands.Faults(command)), StringComparison.Ordinal);
    }

    private static StepCommand Command(string password, ulong epoch, string target) => new()
    {
        StepId = "s",
        Recovery = "r",
        Epoch = epoch,
        Instance = "11111111-2222-4333-8444-555555555555",
        TimeLimit = Duration.FromTimeSpan(TimeSpan.FromDays(epoch)),
        ConnectVolumes = new ConnectVolumes
        {
            Volumes = { new Volume { DiskTarget = "vdb", ChapPassword = password, Iscsi = new IscsiLun { PortalHost = "p", TargetName = target } } },
        },
    };
}
