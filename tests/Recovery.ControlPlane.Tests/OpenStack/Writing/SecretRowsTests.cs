using System.Text.Json;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>Secrets of volumes reach Nova's row, and no journal, report or message.</summary>
public sealed class SecretRowsTests
{
    [Fact]
    public async Task A_new_connection_keeps_its_secrets_out_of_the_transaction()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var before = JsonNode.Parse("""{"driver_volume_type": "iscsi", "data": {"auth_method": "CHAP", "auth_username": "u1", "auth_password": "s3cret-old", "target_lun": 0, "target_portal": "10.0.0.5:3260", "options": null, "qos": "gold"}, "status": "attached", "serial": "é"}""")!;
        await cloud.ExecuteAsync("nova", $"UPDATE block_device_mapping SET connection_info = '{before.ToJsonString()}' WHERE id = 4");
        var facts = await cloud.FactsAsync("vm-1");
        var after = before.DeepClone().AsObject();
        after["data"]!["auth_password"] = "s3cret-new";
        after["data"]!["target_lun"] = 3;
        after["data"]!["device_path"] = "/dev/sdb";
        after["data"]!.AsObject().Remove("qos");
        after["status"] = "attaching";
        var attachment = new Guid("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee");

        var (transaction, secrets) = BlockDeviceRows.Of(facts, facts.BlockDevices.Single(device => device.Id == 4), attachment, after, WritableCloud.Now);
        var kept = JsonSerializer.Serialize(transaction);
        var outcome = await cloud.Writer.ApplyAsync(
            JsonSerializer.Deserialize<ForeignTransaction>(kept)!, secrets, TestContext.Current.CancellationToken);

        Assert.Equal(ForeignOutcome.Success, outcome);
        var row = Assert.Single(await cloud.Databases.QueryAsync("nova", "SELECT attachment_id, connection_info FROM block_device_mapping WHERE id = 4"));
        Assert.Equal(attachment.ToString(), CloudRows.Text(row["attachment_id"]));
        Assert.True(JsonNode.DeepEquals(after, JsonNode.Parse((string)row["connection_info"]!)), (string)row["connection_info"]!);
        var told = kept + string.Join('\n', ForeignWords.Of(transaction)) + JsonSerializer.Serialize(secrets) + secrets;
        Assert.DoesNotContain("s3cret", told, StringComparison.Ordinal);
        Assert.Contains("data.auth_password → (not shown)", told, StringComparison.Ordinal);
        Assert.False(Reversal.IsPossible(transaction));
    }

    // Nothing else tells the new row from the old one.
    [Fact]
    public async Task A_password_that_alone_is_new_is_written()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var facts = await cloud.FactsAsync("vm-1");
        var device = facts.BlockDevices.Single(each => each.Id == 4);
        var connection = device.ConnectionInfo!.DeepClone().AsObject();
        connection["data"]!["auth_password"] = "s3cret-new";

        var (transaction, secrets) = BlockDeviceRows.Of(facts, device, device.AttachmentId!.Value, connection, WritableCloud.Now);
        Assert.Equal(ForeignOutcome.Success, await cloud.Writer.ApplyAsync(transaction, secrets, TestContext.Current.CancellationToken));
        Assert.Equal(ForeignOutcome.Success, await cloud.Writer.ApplyAsync(transaction, secrets, TestContext.Current.CancellationToken));

        Assert.Equal("s3cret-new", await cloud.TellAsync("nova", "SELECT JSON_VALUE(connection_info, '$.data.auth_password') FROM block_device_mapping WHERE id = 4"));
    }

    [Fact]
    public async Task A_connector_keeps_everything_that_does_not_name_the_host()
    {
        await using var cloud = await WritableCloud.StartAsync();
        await cloud.ExecuteAsync("cinder", """UPDATE volume_attachment SET connector = '{"host": "node1", "ip": "10.77.0.11", "auth_password": "s3cret", "multipath": false, "mountpoint": "/dev/vdb"}'""");
        var facts = await cloud.FactsAsync("vm-1");

        var transaction = AttachmentRows.Of(facts, await cloud.TargetAsync("node2"), WritableCloud.Now)!;
        await cloud.WriteAsync(transaction);

        Assert.Equal(
            """{"host": "node2", "ip": "10.77.0.12", "auth_password": "s3cret", "multipath": false, "mountpoint": "/dev/vdb"}""",
            await cloud.TellAsync("cinder", "SELECT connector FROM volume_attachment"));
        Assert.DoesNotContain("s3cret", JsonSerializer.Serialize(transaction), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NULL")]
    [InlineData("''")]
    public async Task A_connector_that_is_missing_is_written_and_taken_back(string empty)
    {
        await using var cloud = await WritableCloud.StartAsync();
        await cloud.ExecuteAsync("cinder", $"UPDATE volume_attachment SET connector = {empty}");
        var before = await CloudRows.OfAsync(cloud.Databases);

        var transaction = AttachmentRows.Of(await cloud.FactsAsync("vm-1"), await cloud.TargetAsync("node2") with { InitiatorName = "iqn.x" }, WritableCloud.Now)!;
        await cloud.WriteAsync(transaction);
        var written = await cloud.TellAsync("cinder", "SELECT connector FROM volume_attachment");
        await cloud.WriteAsync(Reversal.Of(transaction, WritableCloud.Now));

        Assert.Equal("""{"host":"node2","ip":"10.77.0.12","initiator":"iqn.x"}""", written);
        Assert.Equal("", (await CloudRows.OfAsync(cloud.Databases)).Since(before, history: false));
    }
}
