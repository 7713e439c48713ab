using System.Net;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Api;
using Recovery.ControlPlane.Tests.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>What replicas do to the same rows at the same time.</summary>
[OnMariaDb]
public sealed class SharedDatabaseTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replicas_that_hear_the_same_report_at_once_know_each_guest_once()
    {
        using var database = new TemporaryDatabase();
        await database.AddAsync(Some.Host("node1"));
        using var one = new Recorder(database);
        using var two = new Recorder(database);

        for (var round = 1; round <= 8; round++)
        {
            var guests = Enumerable.Range(0, 4).Select(_ => Guid.NewGuid()).ToList();
            await Task.WhenAll(new[] { one, two, one, two }.Select(recorder => Task.Run(
                () => recorder.Reports.RecordAsync(Some.Report("node1", [.. guests.Select(guest => Some.Domain("node1", guest))]), Cancellation), Cancellation)));

            Assert.Equal(guests.Order(), await database.ReadAsync(context => context.Domains.Select(row => row.Uuid).OrderBy(each => each).ToListAsync()));
            Assert.Equal(guests.Order(), await database.ReadAsync(context => context.Instances.Select(row => row.Id).OrderBy(each => each).ToListAsync()));
        }
    }

    [Fact]
    public async Task A_guest_that_runs_on_two_hosts_is_noticed_whichever_replicas_hear_of_it()
    {
        using var database = new TemporaryDatabase();
        await database.AddAsync(Some.Host("node1"), Some.Host("node2"));
        using var one = new Recorder(database);
        using var two = new Recorder(database);

        for (var round = 1; round <= 8; round++)
        {
            var guest = Guid.NewGuid();
            await Task.WhenAll(
                Task.Run(() => one.Reports.RecordAsync(Some.Domain("node1", guest), Cancellation), Cancellation),
                Task.Run(() => two.Reports.RecordAsync(Some.Domain("node2", guest), Cancellation), Cancellation));

            Assert.Contains(one.Log.Lines.Concat(two.Log.Lines), line =>
                line.Text.StartsWith("CONFLICT", StringComparison.Ordinal) && line.Text.Contains($"{guest}", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Of_hosts_that_are_registered_at_once_with_one_executor_there_is_one()
    {
        await using var plane = await RunningControlPlane.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(number =>
            plane.PutAsync($"/v1/hosts/node{number}", """{"executor":"http://10.0.0.1:7071"}""")));

        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        await using var database = await plane.OpenAsync();
        Assert.Equal(1, await database.Hosts.CountAsync(Cancellation));
    }

    [Fact]
    public async Task A_host_is_not_deleted_under_a_recovery_that_is_just_being_accepted()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1");
        await using var accepting = await plane.OpenAsync();
        await using var transaction = await accepting.Database.BeginTransactionAsync(Cancellation);
        var recovery = Guid.CreateVersion7();
        accepting.Recoveries.Add(new RecoveryRow
        {
            Id = recovery,
            Request = new RecoveryRequest(RecoveryKind.Evacuate, ["node1"], [], [], 8),
            State = RecoveryState.Accepted,
            CreatedAt = DateTimeOffset.UtcNow,
        });
        accepting.Locks.Add(new RecoveryLockRow { Subject = RecoveryLockRow.ForHost("node1"), RecoveryId = recovery });
        await accepting.SaveChangesAsync(Cancellation);

        var deleting = plane.SendAsync(HttpMethod.Delete, "/v1/hosts/node1", null);
        await Task.Delay(500, Cancellation);
        await transaction.CommitAsync(Cancellation);
        var answer = await deleting;

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains($"{recovery}", answer.Messages.Single(), StringComparison.Ordinal);
        Assert.Equal(1, await accepting.Hosts.CountAsync(Cancellation));
    }

    /// <summary>One replica's, with a turn of its own: only the database is shared.</summary>
    private sealed class Recorder : IDisposable
    {
        public Recorder(TemporaryDatabase database)
        {
            var liveness = new LivenessBoard(TimeProvider.System);
            liveness.Heard("node1", "");
            liveness.Heard("node2", "");
            Reports = new ReportRecorder(database, liveness, new BelongingKeeper(), new InventoryChanges(), TimeProvider.System, Log);
        }

        public LogBook<ReportRecorder> Log { get; } = new();

        public ReportRecorder Reports { get; }

        public void Dispose() => Reports.Dispose();
    }
}
