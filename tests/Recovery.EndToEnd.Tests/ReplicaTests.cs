using Grpc.Core;
using Grpc.Net.Client;
using Recovery.Labs;
using Recovery.Protocol.V1;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>Two control planes on one MariaDB: one drives, the other is there when it is gone.</summary>
[Collection("lab")]
public class ReplicaTests
{
    // The other looks for what nobody drives each second; the rest is a busy machine.
    private static readonly TimeSpan TakenWithin = LabControlPlane.ReplicaLease + TimeSpan.FromSeconds(5);

    [Fact]
    public async Task When_the_active_one_is_killed_the_other_takes_over_within_the_lease_and_every_guest_runs_once()
    {
        await using var database = await MariaDb.StartAsync(durable: true, Cancellation);
        await using var cluster = await Cluster.UpAsync(hook: CrashTests.SlowStart, replicasOn: database);
        await using var other = await cluster.JoinAsync(database);
        LabGuest[] guests = [await cluster.GuestAsync("one", volume: true), await cluster.GuestAsync("two"), await cluster.GuestAsync("three")];
        var (recovery, active, waiting) = await DrivenAsync(cluster, other, database);

        await active.KillAsync(Cancellation);
        var killed = TimeProvider.System.GetTimestamp();
        await UntilAsync(database, "SELECT Epoch FROM Recoveries", "2");
        var takenAfter = TimeProvider.System.GetElapsedTime(killed);
        var end = await EndAsync(waiting, recovery);

        TestContext.Current.SendDiagnosticMessage($"Taken over {takenAfter.TotalSeconds:0.0} s after the kill, ended after {TimeProvider.System.GetElapsedTime(killed).TotalSeconds:0.0} s.");
        Assert.InRange(takenAfter, TimeSpan.Zero, TakenWithin);
        Assert.Equal("completed", end);
        foreach (var guest in guests)
        {
            await cluster.RunsOnceOnAsync(await TargetAsync(database, guest), guest, generation: 2);
        }

        // No step was intended a second time: what was under way was asked for again, by its id.
        Assert.Equal("0", await SingleAsync(database, "SELECT COUNT(*) - COUNT(DISTINCT InstanceId, Attempt, Action) FROM Journal"));
    }

    [Fact]
    public async Task One_that_was_frozen_past_its_lease_can_write_nothing_any_more_and_executors_refuse_it()
    {
        await using var database = await MariaDb.StartAsync(durable: true, Cancellation);
        await using var cluster = await Cluster.UpAsync(hook: CrashTests.SlowStart, replicasOn: database);
        await using var other = await cluster.JoinAsync(database);
        var guest = await cluster.GuestAsync("one", volume: true);
        var (recovery, frozen, waiting) = await DrivenAsync(cluster, other, database);

        await frozen.FreezeAsync(Cancellation);
        Assert.Equal("completed", await EndAsync(waiting, recovery));
        var written = await WrittenAsync(database);
        Assert.Contains(written, line => line.Contains("\t1\t") || line.EndsWith("\t1", StringComparison.Ordinal));
        Assert.Equal("2", await SingleAsync(database, "SELECT Epoch FROM Recoveries"));

        // It wakes up in the middle of a step, and its database tells it that it is not its recovery any more. If it froze in
        // the middle of a question to the database, that has timed out: then it lets go because it can't be told.
        await frozen.ThawAsync(Cancellation);
        await SaysAsync(
            frozen,
            $"Recovery {recovery} is not ours any more: epoch 1 was superseded.",
            $"The lease of recovery {recovery} could not be renewed; this replica lets it go.");
        Assert.Equal(written, await WrittenAsync(database));

        // Had it sent one more step, the executor would have refused that as well.
        var target = await TargetAsync(database, guest);
        var refused = await SendAsync(cluster.Lab.Host(target), new StepCommand
        {
            StepId = $"{Guid.NewGuid()}",
            Recovery = recovery,
            Epoch = 1,
            Instance = $"{guest.Uuid}",
            TimeLimit = Google.Protobuf.WellKnownTypes.Duration.FromTimeSpan(TimeSpan.FromSeconds(30)),
            Stop = new StopDomain(),
        });
        Assert.False(refused.Succeeded);
        Assert.Equal(ErrorCode.StaleEpoch, refused.Code);
        Assert.Contains("is driven with epoch 2 by now", refused.Message);
        await cluster.RunsOnceOnAsync(target, guest, generation: 2);
        Assert.Equal(written, await WrittenAsync(database));
    }

    /// <summary>node1 died, its recovery is in the middle of a start: by whom, and who looks on.</summary>
    private static async Task<(string Recovery, LabControlPlane Active, LabControlPlane Waiting)> DrivenAsync(
        Cluster cluster, LabControlPlane other, MariaDb database)
    {
        await cluster.Node1DiesAsync();
        await other.UntilAsync("/v1/hosts/node1", row => row.GetProperty("liveness").GetString() == "silent", TimeSpan.FromSeconds(30), Cancellation);
        var recovery = await cluster.EvacuateAsync();
        await CrashTests.StartingAsync(cluster, recovery);
        return await SingleAsync(database, "SELECT LeaseOwner FROM Recoveries") == "a"
            ? (recovery, cluster.ControlPlane, other)
            : (recovery, other, cluster.ControlPlane);
    }

    private static async Task<string> EndAsync(LabControlPlane plane, string recovery) => (await plane.UntilAsync(
        $"/v1/recoveries/{recovery}",
        row => row.GetProperty("state").GetString() is "completed" or "completedWithFailures" or "failed" or "cancelled",
        TimeSpan.FromSeconds(90), Cancellation)).GetProperty("state").GetString()!;

    private static Task<string> TargetAsync(MariaDb database, LabGuest guest) =>
        SingleAsync(database, $"SELECT Host FROM Instances WHERE Id = '{guest.Uuid}'");

    private static async Task<string> SingleAsync(MariaDb database, string query) =>
        Assert.Single(await database.QueryAsync("recovery", query, Cancellation));

    private static async Task UntilAsync(MariaDb database, string query, string answer)
    {
        while (await SingleAsync(database, query) != answer)
        {
            await Task.Delay(100, Cancellation);
        }
    }

    /// <summary>All that belongs to recoveries: who drives them, every step, every event.</summary>
    private static async Task<IReadOnlyList<string>> WrittenAsync(MariaDb database) => await database.QueryAsync(
        "recovery",
        """
        SELECT Id, State, Reason, Epoch, LeaseOwner, LeaseUntil FROM Recoveries;
        SELECT InstanceId, State, Reason, Target, Attempt FROM RecoveryInstances ORDER BY InstanceId;
        SELECT Sequence, StepId, Action, Host, Outcome, EndedAt, Code, Epoch FROM Journal ORDER BY Sequence;
        SELECT Id, Type, Message FROM Events ORDER BY Id;
        """,
        Cancellation);

    private static async Task SaysAsync(LabControlPlane plane, params string[] sentences)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await File.ReadAllTextAsync(plane.Log, Cancellation) is var log
            && !sentences.Any(sentence => log.Contains(sentence, StringComparison.Ordinal)))
        {
            Assert.False(patience.IsCancellationRequested, $"{plane.Log} does not say: {string.Join(" or: ", sentences)}\nIts end:\n{log[Math.Max(0, log.Length - 4000)..]}");
            await Task.Delay(100, Cancellation);
        }
    }

    private static async Task<StepResult> SendAsync(LabHost host, StepCommand command)
    {
        using var channel = GrpcChannel.ForAddress(host.Executor.Endpoint);
        using var call = new Executor.ExecutorClient(channel).Run(command, cancellationToken: Cancellation);
        await foreach (var happened in call.ResponseStream.ReadAllAsync(Cancellation))
        {
            if (happened.Result is { } result)
            {
                return result;
            }
        }

        throw new LabException($"{host.Name}'s executor answered nothing.");
    }
}
