using System.Diagnostics;
using System.Globalization;
using Recovery.Labs;
using static Recovery.EndToEnd.Tests.Cluster;

namespace Recovery.EndToEnd.Tests;

/// <summary>
/// kill -9 at random moments of an evacuation: the control plane, its MariaDB, an executor, a libvirtd. As many rounds as
/// RECOVERY_SOAK_ROUNDS says; <c>./soak</c> has twenty.
/// </summary>
[Collection("lab")]
public class SoakTests
{
    private const int Guests = 12;
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(8);
    private static readonly int Rounds = Number("RECOVERY_SOAK_ROUNDS", 3);
    private static readonly int Seed = Number("RECOVERY_SOAK_SEED", Random.Shared.Next(100_000));

    [Fact]
    public async Task Whatever_is_killed_on_the_way_every_guest_is_recovered_exactly_once()
    {
        for (var round = 0; round < Rounds; round++)
        {
            var said = new List<string> { $"Round {round + 1} of {Rounds}, RECOVERY_SOAK_SEED={Seed}" };
            try
            {
                await RoundAsync(new Random(Seed + round), said);
                TestContext.Current.SendDiagnosticMessage(string.Join("; ", said));
            }
            catch (Exception failure) when (failure is not OperationCanceledException)
            {
                throw new LabException($"{string.Join('\n', said)}\n{failure}");
            }
        }
    }

    private static async Task RoundAsync(Random dice, List<string> said)
    {
        await using var database = await MariaDb.StartAsync(durable: true, Cancellation);
        await using var cluster = await Cluster.UpAsync(replicasOn: database);
        var guests = new List<LabGuest>();
        for (var number = 1; number <= Guests; number++)
        {
            guests.Add(await cluster.GuestAsync($"canary{number}", volume: number % 2 == 0));
        }

        await cluster.Node1DiesAsync();
        var begin = Stopwatch.StartNew();
        var recovery = await cluster.EvacuateAsync();
        await Task.WhenAll(Kills(cluster, database, dice).Select(kill => CarryOutAsync(kill, begin, dice, said)));
        try
        {
            var end = await cluster.EndAsync(recovery);
            said.Add(string.Create(CultureInfo.InvariantCulture, $"{end.GetProperty("state").GetString()} after {begin.Elapsed.TotalSeconds:0} s"));
            Assert.Equal("completed", end.GetProperty("state").GetString());
        }
        catch (Exception unfinished) when (unfinished is not OperationCanceledException)
        {
            said.Add(await cluster.ControlPlane.TextAsync($"/v1/recoveries/{recovery}/events?follow=false", Cancellation));
            throw;
        }

        await Task.WhenAll(guests.Select(guest => RunsOnceAsync(cluster, database, recovery, guest)));
    }

    private static IEnumerable<Kill> Kills(Cluster cluster, MariaDb database, Random dice)
    {
        var plane = cluster.ControlPlane;
        var executor = cluster.Lab.Host($"node{dice.Next(2, 4)}");
        var libvirt = cluster.Lab.Host($"node{dice.Next(2, 4)}");
        return
        [
            new("control plane", plane.KillAsync, plane.StartAsync),
            new("MariaDB", database.KillAsync, database.StartAgainAsync),
            new($"executor of {executor.Name}", executor.Executor.KillAsync, executor.Executor.StartAsync),
            new($"libvirtd of {libvirt.Name}", token => libvirt.ExecAsync(["pkill", "-KILL", "-x", "libvirtd"], null, token), token => libvirt.ExecAsync(["libvirtd", "--daemon", "--listen"], null, token)),
        ];
    }

    private static async Task CarryOutAsync(Kill kill, Stopwatch begin, Random dice, List<string> said)
    {
        TimeSpan at, away;
        lock (dice)
        {
            (at, away) = (dice.NextDouble() * Within, TimeSpan.FromSeconds(0.2 + (1.5 * dice.NextDouble())));
        }

        if (at > begin.Elapsed)
        {
            await Task.Delay(at - begin.Elapsed, Cancellation);
        }

        lock (said)
        {
            said.Add(string.Create(CultureInfo.InvariantCulture, $"{kill.Victim} killed at {begin.Elapsed.TotalSeconds:0.0} s"));
        }

        await kill.DieAsync(Cancellation);
        await Task.Delay(away, Cancellation);
        await kill.ComeBackAsync(Cancellation);
    }

    /// <summary>It runs on one host, the one that it was committed to, once; and no copy of it ever met another.</summary>
    private static async Task RunsOnceAsync(Cluster cluster, MariaDb database, string recovery, LabGuest guest)
    {
        var story = await cluster.Lab.StoryAsync(
            guest.Name, each => each.Generation >= 2 && each.LastBeat >= 3, TimeSpan.FromSeconds(60), Cancellation);
        Assert.Empty(story.Faults);
        var where = await cluster.Lab.WhereIsAsync(guest.Name, Cancellation);
        var place = Assert.Single(where, host => host.Value == "running").Key;
        Assert.All(where.Where(host => host.Key != place), host => Assert.Equal("shut off", host.Value));
        Assert.Equal(
            [place],
            await database.QueryAsync("recovery", $"SELECT DISTINCT Host FROM Journal WHERE RecoveryId = '{recovery}' AND InstanceId = '{guest.Uuid}' AND Action = 'Commit' AND Outcome = 'Succeeded'", Cancellation));

        // A libvirtd that dies in the middle of a start takes the half-started guest with it: it is started again then.
        var starts = await database.QueryAsync("recovery", $"SELECT COUNT(*) FROM Journal WHERE RecoveryId = '{recovery}' AND InstanceId = '{guest.Uuid}' AND Action = 'Start' AND Outcome = 'Succeeded'", Cancellation);
        Assert.Equal(["1"], starts);
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private sealed record Kill(string Victim, Func<CancellationToken, Task> DieAsync, Func<CancellationToken, Task> ComeBackAsync);
}
