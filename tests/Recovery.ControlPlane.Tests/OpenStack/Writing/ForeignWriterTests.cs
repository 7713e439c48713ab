using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack.Writing;

/// <summary>Everything or nothing, only what was seen, once, and a sentence when not.</summary>
public sealed class ForeignWriterTests
{
    [Theory]
    [InlineData("UPDATE instances SET task_state = 'deleting'", "expected task_state none, found task_state deleting.")]
    [InlineData("UPDATE instances SET host = 'node3'", "expected host node1, found host node3.")]
    [InlineData("UPDATE instances SET deleted = id", "expected deleted 0, found deleted 16.")]
    public async Task An_instance_that_changed_since_it_was_seen_is_left_alone(string meanwhile, string expected)
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        await cloud.ExecuteAsync("nova", $"{meanwhile} WHERE display_name = 'vm-1'");
        var before = await CloudRows.OfAsync(cloud.Databases);

        var outcome = await cloud.ApplyAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        Assert.False(outcome.Done);
        Assert.False(outcome.RetryCanHelp);
        Assert.Contains($"nova cell1, instances of vm-1: {expected} Nothing of TX-A was written.", outcome.Message, StringComparison.Ordinal);
        Assert.Equal("", (await CloudRows.OfAsync(cloud.Databases)).Since(before));
    }

    [Theory]
    [InlineData("UPDATE resource_providers SET generation = generation + 1 WHERE name = 'node2'", true, "expected generation 2, found generation 3.")]
    [InlineData("UPDATE consumers SET generation = 7", true, "expected generation 1, found generation 7.")]
    [InlineData("DELETE FROM allocations WHERE id = 2", false, "placement, allocations of vm-1 (id 2): the row is no longer there.")]
    public async Task A_placement_that_moved_on_rolls_back_what_was_written_before_it(string meanwhile, bool retryCanHelp, string expected)
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, _) = await GivenAsync(cloud);
        await cloud.ExecuteAsync("placement", meanwhile);
        var before = await CloudRows.OfAsync(cloud.Databases);

        var outcome = await cloud.ApplyAsync(AllocationMove.Of(facts, target, WritableCloud.Now).Transaction!);

        Assert.False(outcome.Done);
        Assert.Equal(retryCanHelp, outcome.RetryCanHelp);
        Assert.Contains(expected, outcome.Message, StringComparison.Ordinal);
        Assert.Equal("", (await CloudRows.OfAsync(cloud.Databases)).Since(before));
    }

    [Fact]
    public async Task A_repeated_transaction_is_done_and_changes_nothing_again()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        foreach (var make in new Func<DateTimeOffset, ForeignTransaction?>[]
        {
            now => EvacuationStart.Of(facts, target, mark, now),
            now => AllocationMove.Of(facts, target, now).Transaction,
            now => AttachmentRows.Of(facts, target, now),
            now => PortRows.Of(facts, target, now),
            now => EvacuationCommit.Of(facts, target, mark, EvacuationPath.Direct, now).Transaction,
        })
        {
            await cloud.WriteAsync(make(WritableCloud.Now));
            var once = await CloudRows.OfAsync(cloud.Databases);

            await cloud.WriteAsync(make(WritableCloud.Now.AddMinutes(1)));

            Assert.Equal("", (await CloudRows.OfAsync(cloud.Databases)).Since(once));
        }
    }

    [Fact]
    public async Task A_transaction_that_was_kept_as_json_is_the_same_transaction()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        ForeignTransaction[] transactions = [EvacuationStart.Of(facts, target, mark, WritableCloud.Now), AttachmentRows.Of(facts, target with { InitiatorName = "iqn.x" }, WritableCloud.Now)!];

        foreach (var transaction in transactions)
        {
            var kept = JsonSerializer.Deserialize<ForeignTransaction>(JsonSerializer.Serialize(transaction))!;
            await cloud.WriteAsync(kept, transaction);
            Assert.Equal(ForeignWords.Of(transaction), ForeignWords.Of(kept));
        }

        Assert.Equal("1", await cloud.TellAsync("nova", "SELECT COUNT(*) FROM migrations"));
    }

    [Fact]
    public async Task The_same_transaction_from_ten_sides_at_once_is_written_once()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        var start = EvacuationStart.Of(facts, target, mark, WritableCloud.Now);
        var move = AllocationMove.Of(facts, target, WritableCloud.Now).Transaction!;

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 10).SelectMany(_ => new[] { cloud.ApplyAsync(start), cloud.ApplyAsync(move) }));

        Assert.All(outcomes, outcome => Assert.Equal(ForeignOutcome.Success, outcome));
        Assert.Equal("1 1 1", await cloud.TellAsync("nova", "SELECT (SELECT COUNT(*) FROM migrations), (SELECT COUNT(*) FROM instance_actions WHERE action = 'evacuate'), (SELECT COUNT(*) FROM instance_actions_events WHERE event = 'compute_rebuild_instance')"));
        Assert.Equal("3 6", await cloud.TellAsync("placement", "SELECT (SELECT generation FROM resource_providers WHERE name = 'node2'), (SELECT generation FROM resource_providers WHERE name = 'node1')"));
    }

    [Fact]
    public async Task A_row_that_somebody_holds_is_waited_for()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        var held = cloud.ExecuteAsync("nova", "BEGIN; UPDATE instances SET progress = 1; SELECT SLEEP(7); ROLLBACK;");
        await Task.Delay(500, TestContext.Current.CancellationToken);

        var outcome = await cloud.ApplyAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        await held;
        Assert.Equal(ForeignOutcome.Success, outcome);
    }

    [Fact]
    public async Task A_user_that_may_only_read_is_told_so()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        cloud.ConnectionString = cloud.Databases.ReaderConnectionString;

        var outcome = await cloud.ApplyAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        Assert.False(outcome.Done);
        Assert.False(outcome.RetryCanHelp);
        Assert.StartsWith("nova cell1 does not let Recovery's user write instances, services, migrations", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Password=lab", "Password=xyzzy", false, "does not let Recovery's user in")]
    [InlineData("Server=127.0.0.1", "Server=127.0.0.99", true, "could not be reached")]
    public async Task A_server_that_is_away_or_refuses_is_told_without_a_secret(string part, string wrong, bool retryCanHelp, string expected)
    {
        await using var cloud = await WritableCloud.StartAsync();
        var (facts, target, mark) = await GivenAsync(cloud);
        cloud.ConnectionString = cloud.Databases.WriterConnectionString.Replace(part, wrong, StringComparison.Ordinal);

        var outcome = await cloud.ApplyAsync(EvacuationStart.Of(facts, target, mark, WritableCloud.Now));

        Assert.False(outcome.Done);
        Assert.Equal(retryCanHelp, outcome.RetryCanHelp);
        Assert.Contains(expected, outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("User ID", outcome.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Recovery:OpenStack:WriterConnectionStringFile is empty: name the file that holds the connection string.")]
    [InlineData("/nowhere/writer", "/nowhere/writer of Recovery:OpenStack:WriterConnectionStringFile can't be read: ")]
    public async Task Without_a_connection_that_can_be_read_nothing_is_tried(string file, string expected)
    {
        var outcome = await ApplyAsync(new OpenStackOptions { WriterConnectionStringFile = file });

        Assert.Equal((false, false), (outcome.Done, outcome.RetryCanHelp));
        Assert.StartsWith($"Nothing was written to placement: {expected}", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_string_that_makes_no_sense_is_not_quoted()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "Passwort=xyzzy", TestContext.Current.CancellationToken);

        var outcome = await ApplyAsync(new OpenStackOptions { WriterConnectionStringFile = file });

        File.Delete(file);
        Assert.False(outcome.RetryCanHelp);
        Assert.Contains("holds no connection string", outcome.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("xyzzy", outcome.Message, StringComparison.Ordinal);
    }

    // Which database is a cell's, nova_api says: with it away nothing is wrong with the settings.
    [Fact]
    public async Task Where_the_cells_database_is_looked_up_and_nobody_answers_a_retry_can_help()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var options = cloud.Databases.Options with
        {
            ReaderConnectionStringFile = cloud.Databases.Secret("away", "Server=127.0.0.1;Port=1;User ID=x;Password=y"),
        };

        var outcome = await ApplyAsync(options, ForeignDatabase.Nova);

        Assert.Equal((false, true), (outcome.Done, outcome.RetryCanHelp));
        Assert.StartsWith("Nothing was written to nova cell1: The database nova_api on 127.0.0.1:1 does not answer.", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_table_or_column_with_another_kind_of_name_is_never_asked_for()
    {
        await using var cloud = await WritableCloud.StartAsync();
        var change = new RowChange { Table = "instances` SET host = 'x' -- ", Kind = RowChangeKind.Update };

        await Assert.ThrowsAsync<ArgumentException>(() => cloud.ApplyAsync(new ForeignTransaction("bad", ForeignDatabase.Nova, "cell1", [change])));
    }

    private static Task<ForeignOutcome> ApplyAsync(OpenStackOptions options, ForeignDatabase database = ForeignDatabase.Placement)
    {
        var change = new RowChange { Table = "instances", Kind = RowChangeKind.Update };
        return new ForeignWriter(new CloudConnections(options), TimeProvider.System).ApplyAsync(
            new ForeignTransaction("TX", database, database == ForeignDatabase.Nova ? "cell1" : "", [change]), TestContext.Current.CancellationToken);
    }

    private static async Task<(InstanceFacts Facts, TargetFacts Target, EvacuationMark Mark)> GivenAsync(WritableCloud cloud)
    {
        var facts = await cloud.FactsAsync("vm-1");
        return (facts, await cloud.TargetAsync("node2"), new EvacuationMark(WritableCloud.Recovery, facts.Instance.Uuid, 1));
    }
}
