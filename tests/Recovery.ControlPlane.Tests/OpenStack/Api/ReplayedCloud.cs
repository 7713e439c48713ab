using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Tests.OpenStack.Api;

/// <summary>What was asked.</summary>
internal sealed record Asked(string Method, string Path, JsonNode? Body, IHeaderDictionary Headers)
{
    public string Line => $"{Method} {Path}";
}

/// <summary>
/// Answers what a real Zed answered (Data/api), at one address; its catalogue leads back to it. Tokens are <c>token-1</c>,
/// <c>token-2</c>, …; by itself it takes the latest one.
/// </summary>
internal sealed partial class ReplayedCloud : IAsyncDisposable
{
    public const string Password = "not-in-any-message";

    /// <summary>Of the recorded answers.</summary>
    public const string Volume = "6daacd57-d9c2-4d24-8a9c-a924c7142a72";

    public const string Server = "18f7261e-2781-4a19-a43f-08fbf77d7a46";
    public const string OldAttachment = "aaeb81a6-f677-4c57-bef5-119eaa3cb60d";
    public const string NewAttachment = "9e423e2c-8b52-4fd3-b130-de8b64c301b8";
    public const string Port = "1836c7fd-4e1d-445d-83ef-c64dc3112675";

    private readonly WebApplication server;
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("recovery-openstack-");

    private ReplayedCloud(WebApplication server) => this.server = server;

    public string Address => server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public ConcurrentQueue<Asked> Asked { get; } = new();

    public int TokensIssued { get; private set; }

    /// <summary>Which token the services take; null: the latest.</summary>
    public string? Accepted { get; set; }

    /// <summary>How Keystone answers a request for a token.</summary>
    public string TokenAnswer { get; set; } = "token";

    /// <summary>Into the catalogue.</summary>
    public Func<string, string> Catalogue { get; set; } = text => text;

    /// <summary>What the services answer: a file of Data/api, or null for nothing, ever: the connection breaks.</summary>
    public Func<Asked, string?> Answer { get; set; } = asked => throw new InvalidOperationException(asked.Line);

    /// <summary>Into an answer.</summary>
    public Func<string, string> Edit { get; set; } = text => text;

    public OpenStackOptions Options => new()
    {
        IdentityUrl = $"{Address}/v3",
        Username = "recovery",
        Project = "service",
        PasswordFile = Write("password", Password + "\n"),
        Region = "RegionOne",
    };

    public static async Task<ReplayedCloud> StartAsync(X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        var server = builder.Build();
        var cloud = new ReplayedCloud(server);
        server.Run(cloud.ReplyAsync);
        await server.StartAsync(TestContext.Current.CancellationToken);
        return cloud;
    }

    /// <summary>Clients of it, each time new ones, as after a restart.</summary>
    public OpenStackApis Apis(TimeProvider? time = null, OpenStackOptions? options = null) => new(options ?? Options, time ?? new HastyTime());

    public string Write(string name, string content)
    {
        var file = Path.Combine(files.FullName, name);
        File.WriteAllText(file, content);
        return file;
    }

    /// <summary>What was asked of the services, Keystone aside.</summary>
    public IEnumerable<string> Lines => Asked.Where(asked => !asked.Path.EndsWith("/auth/tokens", StringComparison.Ordinal)).Select(asked => asked.Line);

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        files.Delete(recursive: true);
    }

    private static string Recorded(string name) => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "OpenStack", "Data", "api", $"{name}.json"));

    private async Task ReplyAsync(HttpContext context)
    {
        var text = await new StreamReader(context.Request.Body).ReadToEndAsync();
        var asked = new Asked(
            context.Request.Method, context.Request.Path + context.Request.QueryString, text.Length == 0 ? null : JsonNode.Parse(text),
            new HeaderDictionary(context.Request.Headers.ToDictionary()));
        Asked.Enqueue(asked);
        string? name;
        if (asked.Path == "/v3/auth/tokens")
        {
            name = TokenAnswer;
            context.Response.Headers["X-Subject-Token"] = $"token-{++TokensIssued}";
        }
        else
        {
            name = asked.Headers["X-Auth-Token"] == (Accepted ?? $"token-{TokensIssued}") ? Answer(asked) : "compute-expired-token";
        }

        if (name is null)
        {
            context.Abort();
            return;
        }

        var recorded = JsonNode.Parse(RealAddress().Replace(Recorded(name), Address))!;
        if (name == "token")
        {
            recorded["body"]!["token"]!["expires_at"] = HastyTime.Start.AddHours(1).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ");
        }

        context.Response.StatusCode = (int)recorded["status"]!;
        if (recorded["body"] is { } body)
        {
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync((name == "token" ? Catalogue : Edit)(body.ToJsonString()));
        }
    }

    [GeneratedRegex(@"http://10\.77\.0\.1:\d+")]
    private static partial Regex RealAddress();
}

/// <summary>Whoever waits in it waits a moment, and the clock has moved on by all of it.</summary>
internal sealed class HastyTime : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    private long passed;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start.AddTicks(Interlocked.Read(ref passed));

    public override long GetTimestamp() => Interlocked.Read(ref passed);

    public void Pass(TimeSpan time) => Interlocked.Add(ref passed, time.Ticks);

    // Limits of a request (10 s and more) are real ones; pauses (a few seconds at most) are skipped.
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.FromSeconds(5))
        {
            return System.CreateTimer(callback, state, dueTime, period);
        }

        Pass(dueTime);
        return System.CreateTimer(callback, state, TimeSpan.FromMilliseconds(1), period);
    }
}
