using System.Net;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Plans show what would happen and change nothing; as text they are read at night.</summary>
public class PlanTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedHostAsync("node1", (Rows.Web1, "web1"), (Rows.Web2, "web2"));
        await plane.SeedHostAsync("node2");
        await plane.SeedHostAsync("node3");
        plane.Hear("node2");
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_plan_has_moves_and_nothing_is_written()
    {
        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["node2", "node2"], answer.Json.GetProperty("moves").EnumerateArray().Select(move => move.GetProperty("target").GetString()));
        Assert.Equal([1, 2], answer.Json.GetProperty("moves").EnumerateArray().Select(move => move.GetProperty("order").GetInt32()));
        Assert.Equal(["only-target"], Warnings(answer));
        await using var database = await plane.OpenAsync();
        Assert.Empty(database.Recoveries);
    }

    [Fact]
    public async Task What_has_no_place_says_why_for_each_host()
    {
        var answer = await plane.PostAsync("/v1/plans", $$"""{"kind":"evacuate","instances":["{{Rows.Web1}}"],"targets":["node3"]}""");

        var unplaced = Assert.Single(answer.Json.GetProperty("unplaced").EnumerateArray());
        Assert.Equal(
            ["node2 notRequested", "node3 notUp", "node1 isSource"],
            unplaced.GetProperty("rejections").EnumerateArray().Select(each => $"{each.GetProperty("host").GetString()} {each.GetProperty("kind").GetString()}"));
        Assert.Equal(["target-not-available"], Warnings(answer));
    }

    [Fact]
    public async Task What_only_stands_against_it_now_is_a_warning()
    {
        plane.Time.Pass(TimeSpan.FromHours(2));
        plane.Hear("node1");
        plane.Hear("node2");

        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(["host-alive", "old-definition", "old-definition", "only-target"], Warnings(answer));
    }

    [Fact]
    public async Task What_will_never_do_is_a_fault_here_too()
    {
        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node7"],"options":{"maxParallel":-1}}""");

        Assert.Equal(["out-of-range /options/maxParallel", "unknown-host /hosts/0"], answer.Faults);
    }

    [Fact]
    public async Task A_plan_as_text()
    {
        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"],"targets":["node3"]}""", accept: "text/plain");

        Assert.Equal("text/plain", answer.ContentType);
        Assert.Equal(
            """
            Plan for node1 at TIME: 0 moves, 2 unplaced. Nothing was changed.
            To carry it out until TIME: POST /v1/recoveries {"plan":"ID"}
            How long it would take can't be said: no history yet: no instance was recovered here in the last 90 days.

            web1 on node1 can't be placed:
              node2 is not among the requested targets
              node3's executor is silent
              would help: node2 named among the targets; or node3 being heard again

            web2 on node1 can't be placed:
              node2 is not among the requested targets
              node3's executor is silent
              would help: node2 named among the targets; or node3 being heard again

            Warnings:
              node3 is among the targets and takes nothing now: its executor is silent.

            """,
            System.Text.RegularExpressions.Regex.Replace(
                System.Text.RegularExpressions.Regex.Replace(answer.Body, @"\d{4}-\d\d-\d\dT[\d:.]+Z", "TIME"), @"[0-9a-f-]{36}", "ID"));
    }

    [Fact]
    public async Task What_targets_would_rewrite_is_in_the_plan_and_is_shown_again()
    {
        plane.Targets.Answer = asked => asked.Instance.Name == "web1" ? Targets.Said("bridge br1 becomes br0") : Targets.Nothing();

        var made = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"]}""");
        var id = made.Json.GetProperty("id").GetString()!;
        plane.Time.Pass(TimeSpan.FromHours(1));
        var again = await plane.GetAsync($"/v1/plans/{id}");
        var text = await plane.GetAsync($"/v1/plans/{id}", accept: "text/plain");

        var moves = made.Json.GetProperty("moves");
        Assert.Equal("""["bridge br1 becomes br0"]""", moves[0].GetProperty("changes").GetRawText());
        Assert.False(moves[1].TryGetProperty("changes", out _));
        Assert.Equal(["only-target", "not-previewed"], Warnings(made));
        Assert.Equal(made.Body, again.Body);
        Assert.Contains("\nnode2 rewrites in web1:\n  bridge br1 becomes br0\n", text.Body, StringComparison.Ordinal);
        Assert.Equal(["no-such-plan id"], (await plane.GetAsync($"/v1/plans/{Rows.Web1}")).Faults);
        Assert.Equal(HttpStatusCode.NotFound, (await plane.GetAsync("/v1/plans/tonight")).Status);
    }

    [Fact]
    public async Task What_is_left_out_is_in_neither_list_and_goes_nowhere_excluded()
    {
        plane.Hear("node3");

        var answer = await plane.PostAsync("/v1/plans",
            $$"""{"kind":"evacuate","hosts":["node1"],"excludedTargets":["node2"],"excludedInstances":["{{Rows.Web2}}"]}""");

        var move = Assert.Single(answer.Json.GetProperty("moves").EnumerateArray());
        Assert.Equal(("web1", "node3"), (move.GetProperty("name").GetString(), move.GetProperty("target").GetString()));
        Assert.Equal(0, answer.Json.GetProperty("unplaced").GetArrayLength());
    }

    [Fact]
    public async Task How_long_it_takes_is_known_from_what_it_took_here()
    {
        var earlier = Guid.CreateVersion7();
        await plane.SeedAsync(database =>
        {
            var row = Rows.Recovery(earlier, RecoveryState.Completed, plane.Time.GetUtcNow(), "node9");
            (row.PlannedAt, row.FencedAt) = (plane.Time.GetUtcNow(), plane.Time.GetUtcNow().AddSeconds(20));
            database.Recoveries.Add(row);
            foreach (var (seconds, days, state) in ((int, int, InstanceState)[])[
                (4, 1, InstanceState.Recovered), (6, 2, InstanceState.Recovered), (60, 3, InstanceState.Recovered),
                (500, 1, InstanceState.Failed), (900, 91, InstanceState.Recovered)])
            {
                var instance = Rows.Instance(earlier, Guid.NewGuid(), "old", state);
                (instance.StartedAt, instance.ReadyAt) = (plane.Time.GetUtcNow().AddDays(-days), plane.Time.GetUtcNow().AddDays(-days).AddSeconds(seconds));
                database.RecoveryInstances.Add(instance);
            }
        });

        var answer = await plane.PostAsync("/v1/plans", """{"kind":"evacuate","hosts":["node1"],"options":{"maxParallel":1}}""");

        Assert.Equal(
            """{"totalSeconds":32,"fenceSeconds":20,"basedOn":"3 instances recovered here in the last 90 days"}""",
            answer.Json.GetProperty("estimate").GetRawText());
        Assert.Equal(
            ["20 6", "26 6"],
            answer.Json.GetProperty("moves").EnumerateArray().Select(move => $"{move.GetProperty("startsAfterSeconds")} {move.GetProperty("estimatedSeconds")}"));
    }

    [Theory]
    [InlineData(null, "application/json")]
    [InlineData("*/*", "application/json")]
    [InlineData("text/*", "text/plain")]
    [InlineData("text/plain;q=0.1, application/json", "application/json")]
    [InlineData("image/png", "application/json")]
    [InlineData("not a type", "application/json")]
    public async Task The_client_says_what_it_reads(string? accept, string expected)
    {
        Assert.Equal(expected, (await plane.GetAsync("/v1/recoveries", accept)).ContentType);
    }

    [Fact]
    public async Task Recoveries_as_text()
    {
        var id = Guid.Parse("01980000-0000-7000-8000-000000000001");
        await SeedAsync(id);

        Assert.Equal(
            $"""
            STATE       HOSTS  DONE  AGE   ID
            recovering  node1  1/3   10 h  {id}

            """,
            (await plane.GetAsync("/v1/recoveries", "text/plain")).Body);
        Assert.Equal(
            $"""
            Evacuate node1: recovering, 1 of 3 recovered, 1 failed, 1 unplaced
            {id}, asked 10 h ago
            One more to come.
            At the same time: 8 in all, 4 on one target, 8 on one storage.

            INSTANCE  STATE      TARGET  REASON
            web1      recovered  node2
            web2      failed     node2   The disk is missing.
            db1       unplaced   -       No host has room.

            """,
            (await plane.GetAsync($"/v1/recoveries/{id}", "text/plain")).Body);
        Assert.Equal(
            """
            INSTANCE  STATE      TARGET  REASON
            web1      recovered  node2
            web2      failed     node2   The disk is missing.
            db1       unplaced   -       No host has room.

            """,
            (await plane.GetAsync($"/v1/recoveries/{id}/instances", "text/plain")).Body);
    }

    [Fact]
    public async Task A_report_has_the_moments_and_the_steps_of_the_attempt_that_counts()
    {
        var id = Guid.Parse("01980000-0000-7000-8000-000000000001");
        var asked = await SeedAsync(id);
        await plane.SeedAsync(database =>
        {
            Step(1, StepAction.Start, 1, 2, StepOutcome.FailedForGood);
            Step(2, StepAction.ConnectVolumes, 3, 3.5, StepOutcome.Succeeded);
            Step(2, StepAction.Start, 4, 4.2, StepOutcome.Succeeded);

            void Step(int attempt, StepAction action, double begin, double end, StepOutcome outcome) =>
                database.Journal.Add(new ControlPlane.Persistence.Rows.JournalRow
                {
                    StepId = Guid.NewGuid(),
                    RecoveryId = id,
                    InstanceId = Rows.Web1,
                    Attempt = attempt,
                    Action = action,
                    Host = "node2",
                    Epoch = 1,
                    IntendedAt = asked.AddSeconds(begin),
                    EndedAt = asked.AddSeconds(end),
                    Outcome = outcome,
                });
        });

        var report = (await plane.GetAsync($"/v1/recoveries/{id}/report")).Json;
        var text = await plane.GetAsync($"/v1/recoveries/{id}/report", "text/plain");

        Assert.Equal(5, report.GetProperty("secondsFromRequestToLastReady").GetDouble());
        var steps = report.GetProperty("instances")[0].GetProperty("steps").EnumerateArray().ToList();
        Assert.Equal([1000, 500, 200], steps.Select(step => step.GetProperty("durationMilliseconds").GetInt64()));
        Assert.Equal("failedForGood", steps[0].GetProperty("outcome").GetString());
        Assert.EndsWith(
            """
            INSTANCE  STATE      TARGET  PLANNED  FENCED  CONNECTED  STARTED  READY  REASON
            web1      recovered  node2   0.5      -       3.5        4.2      5.0
            web2      failed     node2   0.5      -       -          -        -      The disk is missing.
            db1       unplaced   -       0.5      -       -          -        -      No host has room.

            """,
            text.Body,
            StringComparison.Ordinal);
    }

    private async Task<DateTimeOffset> SeedAsync(Guid id)
    {
        var asked = plane.Time.GetUtcNow().AddHours(-10);
        await plane.SeedAsync(database =>
        {
            var row = Rows.Recovery(id, RecoveryState.Recovering, asked, "node1");
            row.Reason = "One more to come.";
            row.PlannedAt = asked.AddSeconds(0.5);
            database.Recoveries.Add(row);
            var web1 = Rows.Instance(id, Rows.Web1, "web1", InstanceState.Recovered, position: 0);
            web1.Attempt = 2;
            web1.ReadyAt = asked.AddSeconds(5);
            var web2 = Rows.Instance(id, Rows.Web2, "web2", InstanceState.Failed, position: 1);
            web2.Reason = "The disk is missing.";
            var db1 = Rows.Instance(id, Rows.Db1, "db1", InstanceState.Unplaced, target: null, position: 2);
            db1.Reason = "No host has room.";
            database.RecoveryInstances.AddRange(web1, web2, db1);
        });
        return asked;
    }

    private static string?[] Warnings(Answer answer) =>
        [.. answer.Json.GetProperty("warnings").EnumerateArray().Select(warning => warning.GetProperty("code").GetString())];
}
