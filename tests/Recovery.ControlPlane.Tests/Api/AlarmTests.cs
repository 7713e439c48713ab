using System.Net;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>An alarm that can't be missed, and a quarantine that says why.</summary>
public sealed class AlarmTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"));
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Without_alarms_there_are_none_and_nothing_is_above_the_tables()
    {
        Assert.Empty((await plane.GetAsync("/v1/alarms")).Json.GetProperty("items").EnumerateArray());
        Assert.Equal("No alarms.\n", (await plane.GetAsync("/v1/alarms", "text/plain")).Body);
        Assert.StartsWith("HOST", (await plane.GetAsync("/v1/hosts", "text/plain")).Body, StringComparison.Ordinal);
        Assert.Equal(["unknown-parameter state"], (await plane.GetAsync("/v1/alarms?state=open")).Faults);
    }

    [Fact]
    public async Task An_open_alarm_is_listed_and_above_all_that_is_read_at_night()
    {
        await plane.SeedAsync(database => database.Alarms.Add(Alarm(AlarmKinds.SplitBrain, TimeSpan.FromMinutes(2))));

        var alarm = (await plane.GetAsync("/v1/alarms")).Json.GetProperty("items").EnumerateArray().Single();
        Assert.Equal("split-brain", alarm.GetProperty("kind").GetString());
        Assert.Equal(Rows.Web1, alarm.GetProperty("instance").GetGuid());
        Assert.Equal(["node1", "node2"], alarm.GetProperty("hosts").EnumerateArray().Select(host => host.GetString()!));
        foreach (var url in (string[])["/v1/alarms", "/v1/recoveries", "/v1/hosts"])
        {
            Assert.StartsWith("!!! SPLIT-BRAIN, for 2 min: web1 runs twice.", (await plane.GetAsync(url, "text/plain")).Body, StringComparison.Ordinal);
        }

        // It is nothing that a restart would mend.
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync("/healthz/ready")).Status);
    }

    [Fact]
    public async Task What_is_over_and_what_may_be_a_migration_is_not_listed()
    {
        await plane.SeedAsync(database =>
        {
            var over = Alarm(AlarmKinds.SplitBrain, TimeSpan.FromHours(1));
            over.OpenSubject = null;
            over.EndedAt = plane.Time.GetUtcNow();
            database.Alarms.AddRange(over, Alarm(AlarmKinds.PausedCopy, TimeSpan.FromSeconds(30)));
        });
        Assert.Empty((await plane.GetAsync("/v1/alarms")).Json.GetProperty("items").EnumerateArray());

        plane.Time.Pass(TimeSpan.FromSeconds(31));

        Assert.Equal("paused-copy", (await plane.GetAsync("/v1/alarms")).Json.GetProperty("items").EnumerateArray().Single().GetProperty("kind").GetString());
    }

    [Fact]
    public async Task A_quarantined_host_says_since_when_and_why()
    {
        var since = plane.Time.GetUtcNow() - TimeSpan.FromMinutes(5);
        await plane.SeedAsync(database =>
        {
            var host = Rows.Host("node2", plane.Time.GetUtcNow());
            (host.Quarantined, host.QuarantinedSince, host.QuarantineReason) = (true, since, "It was recovered from.");
            database.Hosts.Add(host);
        });

        var shown = (await plane.GetAsync("/v1/hosts/node2")).Json;
        Assert.Equal((true, "It was recovered from."), (shown.GetProperty("quarantined").GetBoolean(), shown.GetProperty("quarantineReason").GetString()));
        Assert.Equal(since, shown.GetProperty("quarantinedSince").GetDateTimeOffset(), TimeSpan.FromMilliseconds(1));
        Assert.Contains("quarantined for 5 min: It was recovered from.", (await plane.GetAsync("/v1/hosts", "text/plain")).Body, StringComparison.Ordinal);
    }

    private AlarmRow Alarm(string kind, TimeSpan age) => new()
    {
        Kind = kind,
        OpenSubject = AlarmRow.SubjectOf(kind, Rows.Web1),
        InstanceId = Rows.Web1,
        Name = "web1",
        Hosts = ["node1", "node2"],
        Since = plane.Time.GetUtcNow() - age,
        LastSeen = plane.Time.GetUtcNow(),
        Message = "web1 runs twice.",
    };
}
