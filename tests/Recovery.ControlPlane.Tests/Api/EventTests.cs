using System.Diagnostics;
using System.Net;
using Microsoft.EntityFrameworkCore;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>Watching a recovery: live, resumable, and with an end.</summary>
public class EventTests : IAsyncLifetime
{
    private static readonly DateTimeOffset At = new(2026, 1, 31, 3, 0, 0, TimeSpan.Zero);
    private readonly Guid id = Guid.CreateVersion7();
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await plane.SeedAsync(database =>
        {
            database.Recoveries.Add(Rows.Recovery(id, RecoveryState.Recovering, At, "node1"));
            database.Events.Add(Rows.Event(id, "one", At));
            database.Events.Add(Rows.Event(Guid.NewGuid(), "of another", At));
            database.Events.Add(Rows.Event(id, "two", At.AddSeconds(1)));
        });
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task Server_sent_events_carry_id_type_and_data_and_say_that_they_end()
    {
        var answer = await plane.GetAsync($"/v1/recoveries/{id}/events?follow=false");

        Assert.Equal("text/event-stream", answer.ContentType);
        Assert.Equal(
            """
            id: 1
            event: progress
            data: {"id":1,"at":"2026-01-31T03:00:00.000Z","type":"progress","message":"one"}

            id: 3
            event: progress
            data: {"id":3,"at":"2026-01-31T03:00:01.000Z","type":"progress","message":"two"}

            event: end
            data: {"type":"end","state":"recovering","reason":"","final":false,"after":3}


            """,
            answer.Body);
    }

    [Fact]
    public async Task Ndjson_is_one_object_a_line()
    {
        var answer = await plane.GetAsync($"/v1/recoveries/{id}/events?follow=false&after=1", accept: "application/x-ndjson");

        Assert.Equal("application/x-ndjson", answer.ContentType);
        Assert.Equal(
            """
            {"id":3,"at":"2026-01-31T03:00:01.000Z","type":"progress","message":"two"}
            {"type":"end","state":"recovering","reason":"","final":false,"after":3}

            """,
            answer.Body);
    }

    [Fact]
    public async Task As_text_it_is_a_log()
    {
        var answer = await plane.GetAsync($"/v1/recoveries/{id}/events?follow=false", accept: "text/plain");

        Assert.Equal("03:00:00  progress        one\n03:00:01  progress        two\nStill recovering; go on with ?after=3\n", answer.Body);
    }

    [Fact]
    public async Task A_reader_sees_each_event_when_it_happens_and_is_let_go_at_the_end()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/recoveries/{id}/events");
        request.Headers.Accept.ParseAdd("application/x-ndjson");
        using var response = await plane.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));

        Assert.Contains("\"one\"", await NextAsync(reader), StringComparison.Ordinal);
        Assert.Contains("\"two\"", await NextAsync(reader), StringComparison.Ordinal);
        await plane.SeedAsync(database => database.Events.Add(Rows.Event(id, "three", At)));
        var since = Stopwatch.StartNew();
        Assert.Contains("\"three\"", await NextAsync(reader), StringComparison.Ordinal);
        Assert.True(since.Elapsed < TimeSpan.FromSeconds(2), $"It took {since.Elapsed}.");
        await plane.SeedAsync(database =>
        {
            database.Recoveries.Single(row => row.Id == id).State = RecoveryState.Completed;
            database.Events.Add(Rows.Event(id, "four", At));
        });
        Assert.Contains("\"four\"", await NextAsync(reader), StringComparison.Ordinal);
        Assert.Contains("\"type\":\"end\",\"state\":\"completed\",\"reason\":\"\",\"final\":true", await NextAsync(reader), StringComparison.Ordinal);
        Assert.Null(await NextAsync(reader));
    }

    [Theory]
    [InlineData("1", null, new[] { 3 })]
    [InlineData(null, "?after=1", new[] { 3 })]
    [InlineData("1", "?after=0", new[] { 1, 3 })]
    [InlineData(null, null, new[] { 1, 3 })]
    public async Task A_reader_resumes_after_the_last_event_that_it_saw(string? lastEventId, string? query, int[] expected)
    {
        await FinishAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/recoveries/{id}/events{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }

        using var response = await plane.Client.SendAsync(request, TestContext.Current.CancellationToken);

        var lines = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n');
        Assert.Equal(expected.Select(number => $"id: {number}"), lines.Where(line => line.StartsWith("id: ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_browser_that_resumes_after_the_end_is_told_to_stop_asking()
    {
        await FinishAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/recoveries/{id}/events");
        request.Headers.Add("Last-Event-ID", "3");

        using var response = await plane.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData("?after=x", "invalid-parameter after")]
    [InlineData("?follow=no", "invalid-parameter follow")]
    [InlineData("?aftr=1", "unknown-parameter aftr")]
    public async Task What_is_wrong_with_the_query_is_said(string query, string fault)
    {
        Assert.Equal([fault], (await plane.GetAsync($"/v1/recoveries/{id}/events{query}")).Faults);
    }

    [Fact]
    public async Task A_process_that_ends_does_not_wait_for_its_readers()
    {
        var other = await RunningControlPlane.StartAsync();
        await other.SeedAsync(database => database.Recoveries.Add(Rows.Recovery(id, RecoveryState.Recovering, At, "node1")));
        using var response = await other.Client.GetAsync($"/v1/recoveries/{id}/events", HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

        var since = Stopwatch.StartNew();
        await other.DisposeAsync();

        Assert.True(since.Elapsed < TimeSpan.FromSeconds(5), $"It took {since.Elapsed}.");
    }

    private async Task FinishAsync()
    {
        await using var database = await plane.OpenAsync();
        await database.Recoveries.ExecuteUpdateAsync(row => row.SetProperty(each => each.State, RecoveryState.Completed), TestContext.Current.CancellationToken);
    }

    private static async Task<string?> NextAsync(StreamReader reader) =>
        await reader.ReadLineAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
}
