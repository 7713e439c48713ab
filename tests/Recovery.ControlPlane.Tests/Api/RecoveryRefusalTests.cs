using System.Net;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>What is refused for its form, or for the state of its hosts.</summary>
public class RecoveryRefusalTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync()
    {
        plane = await RunningControlPlane.StartAsync();
        await RefusalFixture.SeedAsync(plane);
    }

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Theory]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/json; charset=latin1", 415)]
    [InlineData("", 415)]
    [InlineData("application/json", 202)]
    [InlineData("application/json; charset=UTF-8", 202)]
    [InlineData("application/vnd.recovery+json", 202)]
    public async Task A_body_has_to_be_said_to_be_JSON(string contentType, int status)
    {
        var answer = await plane.SendAsync(
            HttpMethod.Post, "/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""", contentType: contentType);

        Assert.Equal(status, (int)answer.Status);
    }

    [Theory]
    [InlineData(1024 * 1024, 400)]
    [InlineData((1024 * 1024) + 1, 413)]
    public async Task A_body_has_a_greatest_size(int bytes, int status)
    {
        var answer = await plane.PostAsync("/v1/recoveries", new string(' ', bytes));

        Assert.Equal(status, (int)answer.Status);
    }

    [Fact]
    public async Task A_body_of_unknown_length_has_a_greatest_size_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/recoveries") { Content = new StreamContent(new MemoryStream(new byte[2 * 1024 * 1024])) };
        request.Headers.TransferEncodingChunked = true;

        using var response = await plane.Client.SendAsync(request, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_host_whose_libvirt_is_down_is_alive()
    {
        plane.Hear("node1", "libvirtd does not answer");

        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(HttpStatusCode.Conflict, answer.Status);
        Assert.Contains("its guests may well be running", answer.Messages.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_host_that_was_alive_can_be_evacuated_once_it_is_silent()
    {
        plane.Time.Pass(TimeSpan.FromSeconds(6));

        var answer = await plane.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node2"]}""");

        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
    }

    [Fact]
    public async Task Right_after_a_start_silence_says_nothing()
    {
        await using var started = await RunningControlPlane.StartAsync(heardFor: TimeSpan.Zero);
        await started.SeedHostAsync("node1");

        var early = await started.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");
        started.Time.Pass(TimeSpan.FromSeconds(5));
        var later = await started.PostAsync("/v1/recoveries", """{"kind":"evacuate","hosts":["node1"]}""");

        Assert.Equal(["liveness-unknown /hosts/0"], early.Faults);
        Assert.Equal(HttpStatusCode.Accepted, later.Status);
    }
}
