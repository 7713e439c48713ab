using System.Net;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Tests.Api;

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>A control plane without its database is not ready, and lives.</summary>
[OnMariaDb]
public sealed class HealthOnMariaDbTests
{
    [Fact]
    public async Task Without_its_database_it_is_not_ready_and_says_where_that_should_be()
    {
        await using var plane = await RunningControlPlane.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync("/healthz/ready")).Status);
        await using (var database = await plane.OpenAsync())
        {
            await database.Database.EnsureDeletedAsync(TestContext.Current.CancellationToken);
        }

        var answer = await plane.GetAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.Status);
        Assert.Contains($"on 127.0.0.1:{TestServer.Instance.Port} has to run", answer.Json.GetProperty("checks")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await plane.GetAsync("/healthz/live")).Status);
    }
}
