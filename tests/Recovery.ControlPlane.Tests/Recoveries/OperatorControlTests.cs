using System.Net;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Stories of operators who step in while a recovery runs.</summary>
public sealed class OperatorControlTests : IAsyncLifetime
{
    private const string Ada = """{"who":"Ada Park","why":"the storage is slow"}""";
    private const string PutBack = """{"who":"Ada Park","why":"it is too slow","underWay":"putBack"}""";
    private const string Finish = """{"who":"Ada Park","why":"it is enough","underWay":"finish"}""";
    private RunningControlPlane plane = null!;
    private Guid id;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        id = await plane.SeedRecoveryAsync(
            RecoveryState.Recovering, (Rows.Web1, InstanceState.Waiting), (Rows.Web2, InstanceState.Recovering));
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Pausing_twice_is_pausing_once_and_continuing_ends_it()
    {
        var told = plane.Services.GetRequiredService<RunnerSignal>().Next;
        var first = await PostAsync("pause", Ada);
        var second = await PostAsync("pause", Ada);
        var paused = Recovery();
        var onwards = await PostAsync("continue", """{"who":"Bo","why":"it is fast again"}""");
        var again = await PostAsync("continue", Ada);

        Assert.All([first, second, onwards, again], answer => Assert.Equal((HttpStatusCode.Accepted, $"/v1/recoveries/{id}"), (answer.Status, answer.Location)));
        Assert.True(first.Json.GetProperty("paused").GetBoolean());
        Assert.True(paused.Paused);
        Assert.False(onwards.Json.GetProperty("paused").GetBoolean());
        Assert.False(Recovery().Paused);
        Assert.Equal(["pause Ada Park: the storage is slow (paused no → yes)", "continue Bo: it is fast again (paused yes → no)"], Audit());
        Assert.Equal(
            [
                "Paused: steps that run are finished, nothing new starts until it is continued. Asked by Ada Park: the storage is slow",
                "It goes on. Asked by Bo: it is fast again",
            ],
            Events().Select(happened => happened.Message));
        Assert.All(Events(), happened => Assert.Equal((EventTypes.Operator, "recovering"), (happened.Type, happened.State)));
        Assert.True(told.IsCompleted);
    }

    [Fact]
    public async Task What_is_as_asked_already_wakes_nobody()
    {
        var told = plane.Services.GetRequiredService<RunnerSignal>().Next;
        await PostAsync("continue", Ada);

        Assert.False(told.IsCompleted);
        Assert.Empty(Audit());
        Assert.Empty(Events());
    }

    [Fact]
    public async Task Cancelling_twice_is_cancelling_once_and_finishes_what_is_under_way()
    {
        var first = await PostAsync("cancel", Ada);
        var second = await PostAsync("cancel", Ada);

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.Status, second.Status));
        Assert.Equal("finish", first.Json.GetProperty("cancel").GetString());
        Assert.Equal(CancelMode.Finish, Recovery().Cancel);
        Assert.Equal(["cancel Ada Park: the storage is slow (cancel no → finish)"], Audit());
    }

    [Fact]
    public async Task A_later_cancel_may_put_back_and_that_is_not_taken_back()
    {
        await PostAsync("cancel", Finish);
        var putBack = await PostAsync("cancel", PutBack);
        var asItIs = await PostAsync("cancel", Ada);
        var finish = await PostAsync("cancel", Finish);

        Assert.Equal((HttpStatusCode.Accepted, "putBack"), (putBack.Status, putBack.Json.GetProperty("cancel").GetString()));
        Assert.Equal((HttpStatusCode.Accepted, "putBack"), (asItIs.Status, asItIs.Json.GetProperty("cancel").GetString()));
        Assert.Equal((HttpStatusCode.Conflict, "recovery-ending id"), (finish.Status, finish.Faults.Single()));
        Assert.Contains("then retry", finish.Messages.Single(), StringComparison.Ordinal);
        Assert.Equal(CancelMode.PutBack, Recovery().Cancel);
        Assert.Equal(2, Audit().Count);
    }

    [Fact]
    public async Task A_paused_recovery_that_is_cancelled_is_paused_no_longer_and_never_again()
    {
        await PostAsync("pause", Ada);
        var cancelled = await PostAsync("cancel", Ada);
        var paused = await PostAsync("pause", Ada);

        Assert.False(cancelled.Json.GetProperty("paused").GetBoolean());
        Assert.Equal((HttpStatusCode.Conflict, "recovery-ending id"), (paused.Status, paused.Faults.Single()));
        Assert.Equal((false, CancelMode.Finish), (Recovery().Paused, Recovery().Cancel));
        Assert.Equal("cancel Ada Park: the storage is slow (paused yes → no, cancel no → finish)", Audit()[1]);
    }

    [Fact]
    public async Task Limits_that_are_left_out_stay_as_they_are()
    {
        var lowered = await PutAsync("""{"who":"Ada Park","why":"the storage is slow","inAll":2,"perBackend":1}""");
        var same = await PutAsync("""{"who":"Ada Park","why":"to be sure","inAll":2}""");
        var raised = await PutAsync("""{"who":"Bo","why":"it is fast again","perTarget":64,"perBackend":1024}""");

        Assert.Equal("""{"inAll":2,"perTarget":4,"perBackend":1}""", lowered.Json.GetProperty("limits").GetRawText());
        Assert.Equal(HttpStatusCode.Accepted, same.Status);
        Assert.Equal("""{"inAll":2,"perTarget":64,"perBackend":1024}""", raised.Json.GetProperty("limits").GetRawText());
        Assert.Equal(new RecoveryLimits(2, 64, 1024), Recovery().Limits);
        Assert.Equal(
            [
                "limits Ada Park: the storage is slow (inAll 8 → 2, perBackend 8 → 1)",
                "limits Bo: it is fast again (perTarget 4 → 64, perBackend 1 → 1024)",
            ],
            Audit());
        Assert.Contains("inAll 8 → 2, perBackend 8 → 1", Events()[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_who_change_limits_at_once_lose_none_of_them()
    {
        var answers = await Task.WhenAll(
            PutAsync("""{"who":"Ada","why":"a","inAll":3}"""),
            PutAsync("""{"who":"Bo","why":"b","perTarget":2}"""),
            PutAsync("""{"who":"Cy","why":"c","perBackend":5}"""),
            PostAsync("pause", Ada));

        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.Accepted, answer.Status));
        Assert.Equal((new RecoveryLimits(3, 2, 5), true), (Recovery().Limits, Recovery().Paused));
        Assert.Equal(4, Audit().Count);
    }

    [Fact]
    public async Task An_instance_that_waits_is_skipped_once()
    {
        var first = await PostAsync($"instances/{Rows.Web1}/skip", Ada);
        var second = await PostAsync($"instances/{Rows.Web1}/skip", Ada);
        var shown = (await plane.GetAsync($"/v1/recoveries/{id}/instances")).Json.GetProperty("items").EnumerateArray()
            .ToDictionary(each => each.GetProperty("instance").GetGuid(), each => each.GetProperty("skipRequested").GetBoolean());

        Assert.Equal((HttpStatusCode.Accepted, HttpStatusCode.Accepted), (first.Status, second.Status));
        Assert.Equal((true, false), (shown[Rows.Web1], shown[Rows.Web2]));
        Assert.Equal(["skip Ada Park: the storage is slow (web of node1)"], Audit());
        var told = Assert.Single(Events());
        Assert.Equal((EventTypes.Operator, Rows.Web1, "waiting"), (told.Type, told.InstanceId, told.State));
    }

    [Theory]
    [InlineData(InstanceState.Recovering, "\"underWay\":\"putBack\"")]
    [InlineData(InstanceState.PuttingBack, "Wait until it has ended")]
    [InlineData(InstanceState.AwaitingReadiness, "Skip what waits for it")]
    [InlineData(InstanceState.Recovered, "it is on node2")]
    [InlineData(InstanceState.Failed, "unless somebody retries it")]
    [InlineData(InstanceState.FailedUnclean, "unless somebody retries it")]
    [InlineData(InstanceState.Unplaced, "unless somebody retries it")]
    public async Task What_was_begun_can_not_be_skipped_and_says_what_can_be_done(InstanceState state, string expected)
    {
        var other = await plane.SeedRecoveryAsync(RecoveryState.Recovering, (Rows.Db1, state));

        var answer = await plane.PostAsync($"/v1/recoveries/{other}/instances/{Rows.Db1}/skip", Ada);

        Assert.Equal((HttpStatusCode.Conflict, "instance-begun instance"), (answer.Status, answer.Faults.Single()));
        Assert.Contains(expected, answer.Messages.Single(), StringComparison.Ordinal);
        await using var database = await plane.OpenAsync();
        Assert.False(database.RecoveryInstances.Single(row => row.RecoveryId == other).SkipRequested);
    }

    [Fact]
    public async Task What_was_skipped_and_is_retried_is_wanted_again()
    {
        await plane.SeedHostAsync("node1", (Rows.Db1, "db1"));
        var ended = await plane.SeedRecoveryAsync(RecoveryState.Completed, (Rows.Db1, InstanceState.Skipped));
        await plane.SeedAsync(database => database.RecoveryInstances.Single(row => row.RecoveryId == ended).SkipRequested = true);

        var answer = await plane.PostAsync($"/v1/recoveries/{ended}/instances/{Rows.Db1}/retry", Ada);

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        await using var database = await plane.OpenAsync();
        Assert.False(database.RecoveryInstances.Single(row => row.RecoveryId == ended).SkipRequested);
        Assert.Equal(["retry Ada Park: the storage is slow (web was skipped, attempt 2)"], Audit());
        Assert.Contains(database.Events.ToList(), happened => happened.Type == EventTypes.Operator && happened.InstanceId == Rows.Db1);
    }

    [Theory]
    [InlineData(RecoveryState.Completed)]
    [InlineData(RecoveryState.CompletedWithFailures)]
    [InlineData(RecoveryState.Failed)]
    [InlineData(RecoveryState.Cancelled)]
    public async Task What_has_ended_is_not_changed_any_more(RecoveryState state)
    {
        var ended = await plane.SeedRecoveryAsync(state, (Rows.Db1, InstanceState.Recovered));
        var before = await plane.GetAsync($"/v1/recoveries/{ended}");

        Answer[] answers =
        [
            await plane.PostAsync($"/v1/recoveries/{ended}/pause", Ada),
            await plane.PostAsync($"/v1/recoveries/{ended}/continue", Ada),
            await plane.PostAsync($"/v1/recoveries/{ended}/cancel", PutBack),
            await plane.PutAsync($"/v1/recoveries/{ended}/limits", """{"who":"Ada","why":"slow","inAll":1}"""),
            await plane.PostAsync($"/v1/recoveries/{ended}/instances/{Rows.Db1}/skip", Ada),
        ];

        Assert.All(answers, answer => Assert.Equal((HttpStatusCode.Conflict, "recovery-final id"), (answer.Status, answer.Faults.Single())));
        Assert.All(answers, answer => Assert.Contains(JsonNamingPolicy.CamelCase.ConvertName($"{state}"), answer.Messages.Single(), StringComparison.Ordinal));
        Assert.Equal(before.Body, (await plane.GetAsync($"/v1/recoveries/{ended}")).Body);
        Assert.Empty(Audit());
    }

    public static TheoryData<string, string> Urls => new()
    {
        { "POST", "pause" },
        { "POST", "continue" },
        { "POST", "cancel" },
        { "PUT", "limits" },
        { "POST", $"instances/{Rows.Web1}/skip" },
        { "POST", $"instances/{Rows.Web1}/retry" },
    };

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task What_is_not_there_is_not_found(string method, string action)
    {
        var body = action == "limits" ? """{"who":"Ada","why":"slow","inAll":1}""" : Ada;
        var unknown = await plane.SendAsync(new(method), $"/v1/recoveries/{Rows.Web1}/{action}", body);
        var nonsense = await plane.SendAsync(new(method), $"/v1/recoveries/nonsense/{action}", body);

        Assert.All([unknown, nonsense], answer => Assert.Equal((HttpStatusCode.NotFound, "no-such-recovery id"), (answer.Status, answer.Faults.Single())));
    }

    [Theory]
    [InlineData("skip")]
    [InlineData("retry")]
    public async Task An_instance_that_is_not_part_of_it_is_not_found(string action)
    {
        var unknown = await PostAsync($"instances/{Rows.Db1}/{action}", Ada);
        var nonsense = await PostAsync($"instances/web1/{action}", Ada);

        Assert.All([unknown, nonsense], answer => Assert.Equal((HttpStatusCode.NotFound, "no-such-instance instance"), (answer.Status, answer.Faults.Single())));
    }

    [Theory]
    [MemberData(nameof(Urls))]
    public async Task Whoever_steps_in_says_who_and_why_and_every_fault_is_named_at_once(string method, string action)
    {
        var none = await plane.SendAsync(new(method), $"/v1/recoveries/{id}/{action}", null);
        var empty = await plane.SendAsync(new(method), $"/v1/recoveries/{id}/{action}", "{}");
        var wrong = await plane.SendAsync(new(method), $"/v1/recoveries/{Rows.Web1}/{action}",
            $$"""{"who":"{{new string('a', 201)}}","why":"two\nlines","hwo":1,"inAll":3}""");

        Assert.Equal((HttpStatusCode.BadRequest, "empty-body "), (none.Status, none.Faults.Single()));
        Assert.Equal(HttpStatusCode.BadRequest, empty.Status);
        Assert.Equal(
            action == "limits" ? ["missing-member /who", "missing-member /why", "missing-member /inAll"] : ["missing-member /who", "missing-member /why"],
            empty.Faults);
        Assert.Equal(
            ["too-long /who", "invalid-value /why", "unknown-member /hwo", .. action == "limits" ? (string[])[] : ["unknown-member /inAll"], "no-such-recovery id"],
            wrong.Faults);
        Assert.Empty(Audit());
    }

    [Theory]
    [InlineData("""{"who":"Ada","why":"slow","inAll":0,"perTarget":65,"perBackend":1025}""", "out-of-range /inAll,out-of-range /perTarget,out-of-range /perBackend")]
    [InlineData("""{"who":" ","why":"slow","inAll":"3"}""", "invalid-value /who,wrong-type /inAll")]
    public async Task Limits_have_limits(string body, string faults)
    {
        var answer = await PutAsync(body);

        Assert.Equal((HttpStatusCode.BadRequest, faults), (answer.Status, string.Join(',', answer.Faults)));
        Assert.Equal(new RecoveryLimits(8, 4, 8), Recovery().Limits);
    }

    [Theory]
    [InlineData("\"putback\"", "invalid-value /underWay", "Did you mean \"putBack\"?")]
    [InlineData("true", "wrong-type /underWay", "it has to be a string")]
    public async Task A_cancel_finishes_or_puts_back(string underWay, string fault, string expected)
    {
        var answer = await PostAsync("cancel", $$"""{"who":"Ada","why":"slow","underWay":{{underWay}}}""");

        Assert.Equal((HttpStatusCode.BadRequest, fault), (answer.Status, answer.Faults.Single()));
        Assert.Contains(expected, answer.Messages.Single(), StringComparison.Ordinal);
        Assert.Null(Recovery().Cancel);
    }

    [Fact]
    public async Task As_text_it_says_how_it_goes_on()
    {
        await PutAsync("""{"who":"Ada","why":"slow","inAll":2}""");
        await PostAsync($"instances/{Rows.Web1}/skip", Ada);
        var paused = await plane.PostAsync($"/v1/recoveries/{id}/pause", Ada, accept: "text/plain");
        var list = await plane.GetAsync("/v1/recoveries", "text/plain");
        var cancelled = await plane.PostAsync($"/v1/recoveries/{id}/cancel", PutBack, accept: "text/plain");
        var report = await plane.GetAsync($"/v1/recoveries/{id}/report", "text/plain");

        Assert.Contains("It is paused: steps that run are finished, nothing new starts.\nAt the same time: 2 in all, 4 on one target, 8 on one storage.\n", paused.Body, StringComparison.Ordinal);
        Assert.Contains("waiting, to be skipped", paused.Body, StringComparison.Ordinal);
        Assert.Contains("recovering, paused", list.Body, StringComparison.Ordinal);
        Assert.DoesNotContain("It is paused", cancelled.Body, StringComparison.Ordinal);
        Assert.Contains("what is under way is put back", cancelled.Body, StringComparison.Ordinal);
        Assert.Contains("what is under way is put back", report.Body, StringComparison.Ordinal);
        Assert.Contains("waiting, to be skipped", report.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_whose_readiness_is_awaited_is_counted_as_such()
    {
        var other = await plane.SeedRecoveryAsync(RecoveryState.Recovering, (Rows.Db1, InstanceState.AwaitingReadiness));

        var report = (await plane.GetAsync($"/v1/recoveries/{other}/report")).Json;

        Assert.Equal(
            """{"total":1,"waiting":0,"recovering":0,"awaitingReadiness":1,"recovered":0,"failed":0,"unplaced":0,"skipped":0}""",
            report.GetProperty("counts").GetRawText());
        Assert.Equal("awaitingReadiness", report.GetProperty("instances")[0].GetProperty("state").GetString());
    }

    private Task<Answer> PostAsync(string action, string body) => plane.PostAsync($"/v1/recoveries/{id}/{action}", body);

    private Task<Answer> PutAsync(string body) => plane.PutAsync($"/v1/recoveries/{id}/limits", body);

    private RecoveryRow Recovery() => plane.Read(database => database.Recoveries.Single(row => row.Id == id));

    private List<EventRow> Events() => plane.Read(database => database.Events.OrderBy(happened => happened.Id).ToList());

    private List<string> Audit() => plane.Read(database => database.Audit.OrderBy(row => row.Id).AsEnumerable()
        .Select(row => $"{row.Action} {row.Who}: {row.Why} ({row.Details})").ToList());
}
