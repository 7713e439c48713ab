using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class StepCommandBuilderTests : IDisposable
{
    private const string Password = "pass-word-of-web-77";

    private static readonly IscsiLun Data = new("10.0.0.9", 3260, "iqn.2026-03.org.example:web", 1, "web");

    private readonly string chapFile = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => File.Delete(chapFile);

    [Fact]
    public async Task Given_volumes_when_they_are_connected_then_those_that_want_chap_come_with_their_password()
    {
        await File.WriteAllTextAsync(chapFile, $$"""[{"targetName":"{{Data.TargetName}}","username":"web","password":"{{Password}}"}]""", Cancel);

        var command = await BuildAsync(StepAction.ConnectVolumes);

        Assert.Collection(
            command.ConnectVolumes.Volumes,
            volume => Assert.Equal(("vdb", Password, 4096UL, ""), (volume.DiskTarget, volume.ChapPassword, volume.MinimumSizeBytes, volume.AttachXml)),
            volume => Assert.Equal(("vdc", "", 0UL, "<disk>live</disk>"), (volume.DiskTarget, volume.ChapPassword, volume.MinimumSizeBytes, volume.AttachXml)));
        Assert.Equal((Data.PortalHost, 3260U, Data.TargetName, 1U, "web"), (
            command.ConnectVolumes.Volumes[0].Iscsi.PortalHost, command.ConnectVolumes.Volumes[0].Iscsi.PortalPort,
            command.ConnectVolumes.Volumes[0].Iscsi.TargetName, command.ConnectVolumes.Volumes[0].Iscsi.Lun,
            command.ConnectVolumes.Volumes[0].Iscsi.ChapUsername));
    }

    [Theory]
    [InlineData("""[]""")]
    [InlineData("""[{"targetName":"iqn.2026-03.org.example:other","username":"web","password":"pass-word-of-web-77"}]""")]
    [InlineData("""[{"targetName":"iqn.2026-03.org.example:web","username":"other","password":"pass-word-of-web-77"}]""")]
    [InlineData("""[{"targetName":"iqn.2026-03.org.example:web","username":"web","password":""}]""")]
    public async Task Given_no_credential_when_a_volume_wants_one_then_target_and_file_are_named_and_no_password(string file)
    {
        await File.WriteAllTextAsync(chapFile, file, Cancel);

        var missing = await Assert.ThrowsAsync<ChapCredentialException>(() => BuildAsync(StepAction.ConnectVolumes));

        Assert.Contains(Data.TargetName, missing.Message, StringComparison.Ordinal);
        Assert.Contains(chapFile, missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, missing.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[{\"targetName\":\"t\",\n\"password\":pass-word-of-web-77}]")]
    [InlineData("{\"password\":\"pass-word-of-web-77\"}")]
    public async Task Given_a_file_that_is_no_array_of_credentials_then_the_error_names_the_line_and_quotes_nothing(string file)
    {
        await File.WriteAllTextAsync(chapFile, file, Cancel);

        var broken = await Assert.ThrowsAsync<ChapCredentialException>(() => BuildAsync(StepAction.ConnectVolumes));

        Assert.Contains(chapFile, broken.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pass-", broken.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_file_that_is_not_there_then_it_is_named()
    {
        File.Delete(chapFile);

        var missing = await Assert.ThrowsAsync<ChapCredentialException>(() => BuildAsync(StepAction.ConnectVolumes));

        Assert.Contains(chapFile, missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_any_other_step_then_no_password_leaves_the_control_plane()
    {
        await File.WriteAllTextAsync(chapFile, $$"""[{"targetName":"{{Data.TargetName}}","username":"web","password":"{{Password}}"}]""", Cancel);

        foreach (var action in Enum.GetValues<StepAction>().Where(each => StepPerformers.Of(each) == StepPerformer.Executor && each is not StepAction.ConnectVolumes))
        {
            Assert.DoesNotContain(Password, (await BuildAsync(action)).ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Given_disks_when_they_are_checked_then_only_those_that_are_files_are_and_with_all_that_is_known_of_them()
    {
        var disk = Assert.Single((await BuildAsync(StepAction.CheckDisks)).CheckDisks.Disks);

        Assert.Equal(("vda", 1024UL, true, true), (disk.DiskTarget, disk.MinimumSizeBytes, disk.ReadOnly, disk.Shareable));
        Assert.Equal(("nfs-1", "web.qcow2", "qcow2"), (disk.File.StorageId, disk.File.PathInStorage, disk.File.Format));
    }

    [Fact]
    public async Task Given_a_definition_when_it_is_defined_then_it_comes_with_its_storages_and_the_volumes_that_it_names()
    {
        var define = (await BuildAsync(StepAction.Define)).Define;

        Assert.Equal("<domain/>", define.Definition);
        Assert.Equal(("nfs-1", "/srv/node1"), (define.SourceStorages.Single().Id, define.SourceStorages.Single().Path));
        Assert.Equal(["vdb"], define.Volumes.Select(volume => volume.DiskTarget));
    }

    [Theory]
    [InlineData(DomainState.Running, false)]
    [InlineData(DomainState.Paused, true)]
    [InlineData(DomainState.Crashed, false)]
    public async Task Given_a_guest_when_it_is_started_and_verified_then_it_is_paused_if_its_owner_had_paused_it(DomainState state, bool paused)
    {
        Assert.Equal(paused, (await BuildAsync(StepAction.Start, state)).Start.Paused);
        var verify = (await BuildAsync(StepAction.Verify, state)).Verify;
        Assert.Equal(paused, verify.Paused);
        Assert.Equal(["vda", "vdb", "vdc", "sda"], verify.DiskTargets);
    }

    [Fact]
    public async Task Given_a_disk_that_was_plugged_in_when_disks_are_attached_then_it_is_the_only_one()
    {
        var volume = Assert.Single((await BuildAsync(StepAction.Attach)).Attach.Volumes);

        Assert.Equal(("vdc", "<disk>live</disk>"), (volume.DiskTarget, volume.AttachXml));
    }

    [Theory]
    [InlineData(StepAction.Stop, Proto.StepCommand.ActionOneofCase.Stop)]
    [InlineData(StepAction.Undefine, Proto.StepCommand.ActionOneofCase.Undefine)]
    [InlineData(StepAction.Disconnect, Proto.StepCommand.ActionOneofCase.Disconnect)]
    public async Task Given_a_step_that_puts_back_then_it_is_that_step(StepAction action, Proto.StepCommand.ActionOneofCase sent)
    {
        var command = await BuildAsync(action);

        Assert.Equal(sent, command.ActionCase);
        Assert.Equal(action == StepAction.Disconnect ? ["vdb", "vdc"] : Array.Empty<string>(), command.Disconnect?.Volumes.Select(volume => volume.DiskTarget) ?? []);
    }

    [Theory]
    [InlineData(StepAction.PlugPorts)]
    [InlineData(StepAction.UnplugPorts)]
    [InlineData(StepAction.Define)]
    public async Task Given_ports_then_they_come_as_neutron_binds_them(StepAction action)
    {
        var port = new NetworkPort(Guid.Parse("761e7e6a-965c-4777-b205-577983785168"), PortKind.LinuxBridge, "brq662cb552-dc", "tap761e7e6a-96", "fa:16:3e:34:8c:53", 1450);

        var command = await BuildAsync(action, instance => instance with { Ports = [port, port with { Kind = PortKind.OpenVswitch, Bridge = "br-int", Mtu = 0 }] });

        var ports = action switch
        {
            StepAction.PlugPorts => command.PlugPorts.Ports,
            StepAction.UnplugPorts => command.UnplugPorts.Ports,
            _ => command.Define.Ports,
        };
        Assert.Equal(
            [
                new Proto.Port { Id = "761e7e6a-965c-4777-b205-577983785168", Kind = Proto.PortKind.LinuxBridge, Bridge = "brq662cb552-dc", Tap = "tap761e7e6a-96", Mac = "fa:16:3e:34:8c:53", Mtu = 1450 },
                new Proto.Port { Id = "761e7e6a-965c-4777-b205-577983785168", Kind = Proto.PortKind.OpenVswitch, Bridge = "br-int", Tap = "tap761e7e6a-96", Mac = "fa:16:3e:34:8c:53" },
            ],
            [.. ports]);
    }

    [Theory]
    [InlineData(StepAction.ConnectVolumes)]
    [InlineData(StepAction.Disconnect)]
    [InlineData(StepAction.Define)]
    public async Task Given_a_file_of_a_share_then_it_comes_with_its_export_and_wants_no_password(StepAction action)
    {
        var disk = new Disk { Target = "vdb", SizeBytes = 4096, Share = new ShareFile("10.0.0.5:/export", "-o vers=4.1", "volume-1", "raw") };

        var command = await BuildAsync(action, instance => instance with { Disks = [disk] });

        var volumes = action switch
        {
            StepAction.ConnectVolumes => command.ConnectVolumes.Volumes,
            StepAction.Disconnect => command.Disconnect.Volumes,
            _ => command.Define.Volumes,
        };
        Assert.Equal(
            [
                new Proto.Volume
                {
                    DiskTarget = "vdb",
                    MinimumSizeBytes = 4096,
                    Nfs = new() { Export = "10.0.0.5:/export", Options = "-o vers=4.1", Name = "volume-1", Format = "raw" },
                },
            ],
            [.. volumes]);
    }

    [Fact]
    public Task Given_a_commit_then_it_is_no_matter_of_executors() =>
        Assert.ThrowsAsync<ArgumentException>(() => BuildAsync(StepAction.Commit));

    private Task<Proto.StepCommand> BuildAsync(StepAction action, Func<Instance, Instance> edit) => BuildAsync(action, DomainState.Running, edit);

    private Task<Proto.StepCommand> BuildAsync(StepAction action, DomainState state = DomainState.Running, Func<Instance, Instance>? edit = null)
    {
        var options = new RecoveryOptions { Volumes = new VolumeOptions { ChapFile = chapFile } };
        var step = new StepDispatch
        {
            StepId = Guid.NewGuid(),
            RecoveryId = Guid.NewGuid(),
            Epoch = 1,
            Host = "node2",
            ExecutorAddress = "http://127.0.0.1:1",
            Action = action,
            TimeLimit = TimeSpan.FromMinutes(1),
            Instance = new Instance
            {
                Id = Guid.NewGuid(),
                Name = "web",
                Host = "node1",
                State = state,
                MemoryMib = 512,
                Vcpus = 1,
                Disks =
                [
                    new Disk
                    {
                        Target = "vda", SizeBytes = 1024, ReadOnly = true, Shareable = true,
                        File = new HostFile("disk", "/srv/node1/web.qcow2", "nfs-1", "web.qcow2", "qcow2"),
                    },
                    new Disk { Target = "vdb", SizeBytes = 4096, Iscsi = Data },
                    new Disk { Target = "vdc", Iscsi = Data with { Lun = 2, ChapUsername = "" }, LiveXml = "<disk>live</disk>" },
                    new Disk { Target = "sda", Device = "cdrom" },
                ],
            },
            Definition = "<domain/>",
            SourceStorages = [new StorageView("nfs-1", "/srv/node1", 10, 20)],
        };
        return new StepCommandBuilder(new ChapCredentials(options)).BuildAsync(step with { Instance = edit?.Invoke(step.Instance) ?? step.Instance }, Cancel);
    }
}
