using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>The CHAP passwords of a cloud's volumes come from what Cinder told Nova, and not from a file.</summary>
public sealed class VolumeSecretsTests : IAsyncLifetime
{
    private static readonly IscsiLun Told = new("10.0.0.9", 3260, "iqn.2026-03.org.example:web", 2, "u2");

    private CloudDatabases cloud = null!;
    private Guid instance;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await CloudDatabases.StartAsync("before", Cancel);
        instance = Guid.Parse("e6244565-8886-45fb-a560-1b04a895daba");
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Given_two_luns_of_one_target_then_each_has_the_password_of_its_own_user()
    {
        await ConnectedAsync("""{"target_iqn": "iqn.2026-03.org.example:web", "target_lun": 1, "auth_method": "CHAP", "auth_username": "u1", "auth_password": "first"}""");
        await AnotherAsync("""{"target_iqn": "iqn.2026-03.org.example:web", "target_lun": 2, "auth_method": "CHAP", "auth_username": "u2", "auth_password": "second"}""");

        var passwords = await Passwords().ReadAsync(instance, [Told, Told with { Lun = 1, ChapUsername = "u1" }], Cancel);

        Assert.Equal(["second", "first"], passwords.Values);
    }

    [Fact]
    public async Task Given_several_paths_then_the_lun_of_each_target_counts()
    {
        await ConnectedAsync("""{"target_iqns": ["iqn.other", "iqn.2026-03.org.example:web"], "target_luns": [7, 2], "auth_username": "u2", "auth_password": "second"}""");

        Assert.Equal("second", (await Passwords().ReadAsync(instance, [Told], Cancel))[Told]);
    }

    [Theory]
    [InlineData("iqn.2026-03.org.example:web", 3, "u2")]
    [InlineData("iqn.2026-03.org.example:db", 2, "u2")]
    [InlineData("iqn.2026-03.org.example:web", 2, "u3")]
    public async Task Given_a_volume_that_is_another_then_it_is_named_and_no_password_is_given(string target, int lun, string user)
    {
        await ConnectedAsync($$"""{"target_iqn": "{{target}}", "target_lun": {{lun}}, "auth_username": "{{user}}", "auth_password": "s3cret"}""");

        var missing = await Assert.ThrowsAsync<ChapCredentialException>(() => Passwords().ReadAsync(instance, [Told], Cancel));

        Assert.StartsWith("LUN 2 of the iSCSI target iqn.2026-03.org.example:web asks user 'u2' for a CHAP password", missing.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", missing.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_cloud_that_is_away_then_it_is_asked_again_and_nothing_has_failed()
    {
        var away = cloud.Options with { ReaderConnectionStringFile = cloud.Secret("away", "Server=127.0.0.1;Port=1;User ID=x;Password=y") };

        await Assert.ThrowsAsync<InventoryUnreachableException>(() => Passwords(away).ReadAsync(instance, [Told], Cancel));
    }

    private VolumePasswords Passwords(OpenStackOptions? options = null) =>
        new(new ChapCredentials(new RecoveryOptions()), new VolumeSecrets(new CloudConnections(options ?? cloud.Options)));

    private Task ConnectedAsync(string data) => cloud.ExecuteAsync(
        "nova", $$"""UPDATE block_device_mapping SET connection_info = '{"driver_volume_type": "iscsi", "data": {{data}}}' WHERE id = 4""");

    private Task AnotherAsync(string data) => cloud.ExecuteAsync(
        "nova",
        $$"""INSERT INTO block_device_mapping (instance_uuid, volume_id, deleted, connection_info) VALUES ('{{instance}}', 'caa8c9ba-0a72-4108-83b2-185943200000', 0, '{"driver_volume_type": "iscsi", "data": {{data}}}')""");
}
