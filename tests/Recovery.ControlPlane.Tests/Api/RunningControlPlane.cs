using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Tests.Databases;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>The real program on a loopback port with a database of its own; only what works in the background is left out.</summary>
public sealed class RunningControlPlane : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly string folder;

    private RunningControlPlane(WebApplication app, string folder, SteeredTime time, Targets targets)
    {
        (this.app, this.folder, Time, Targets) = (app, folder, time, targets);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.Single()) };
    }

    public HttpClient Client { get; }

    public SteeredTime Time { get; }

    /// <summary>The executors, as they are asked about definitions.</summary>
    public Targets Targets { get; }

    public IServiceProvider Services => app.Services;

    public static string SecretsOf(string folder) => Path.Combine(folder, "secrets");

    /// <param name="heardFor">How long it has listened for heartbeats when the test begins.</param>
    /// <param name="replace">Puts a test's own in the place of what is registered.</param>
    public static async Task<RunningControlPlane> StartAsync(TimeSpan? heardFor = null, Action<IServiceCollection>? replace = null)
    {
        var folder = Directory.CreateTempSubdirectory("recovery-api-").FullName;
        Directory.CreateDirectory(Path.Combine(folder, "agents"));
        Directory.CreateDirectory(SecretsOf(folder));
        await File.WriteAllTextAsync(Path.Combine(folder, "agents", "fence_ipmilan"), "");
        await File.WriteAllTextAsync(Path.Combine(SecretsOf(folder), "node1-bmc"), "hunter2");
        var settings = Settings.Read(
            [
                "--urls", "http://127.0.0.1:0",
                .. await DatabaseAsync(folder),
                "--Recovery:Fencing:AgentDirectory", Path.Combine(folder, "agents"),
                "--Recovery:Fencing:SecretsDirectory", SecretsOf(folder),
            ],
            new ConfigurationBuilder().Build());
        Assert.Empty(settings.Faults);
        var time = new SteeredTime();
        var targets = new Targets();
        var app = Program.Build(settings, services =>
        {
            // The runner would carry out what is accepted here, and the watcher would dial; these are tests of what
            // they are handed.
            foreach (var service in services.Where(IsOurs).ToList())
            {
                services.Remove(service);
            }

            services.AddSingleton<TimeProvider>(time);
            services.AddSingleton<IDefinitionPreview>(targets);
            replace?.Invoke(services);
        });
        if (OnMariaDbAttribute.Applies)
        {
            await app.MigrateDatabaseAsync();
        }

        await app.PrepareDatabaseAsync();
        await app.StartAsync();
        time.Pass(heardFor ?? TimeSpan.FromMinutes(1));
        return new RunningControlPlane(app, folder, time, targets);
    }

    private static async Task<string[]> DatabaseAsync(string folder)
    {
        if (!OnMariaDbAttribute.Applies)
        {
            return ["--Recovery:Database:File", Path.Combine(folder, "recovery.db")];
        }

        var secret = Path.Combine(folder, "mysql");
        await File.WriteAllTextAsync(secret, TestServer.Instance.ConnectionString(Path.GetFileName(folder)));
        return ["--Recovery:Database:Provider", "mysql", "--Recovery:Database:ConnectionStringFile", secret];
    }

    private static bool IsOurs(ServiceDescriptor service) =>
        service.ServiceType == typeof(IHostedService)
        && (service.ImplementationType?.Assembly ?? service.ImplementationFactory?.Method.Module.Assembly) == typeof(Program).Assembly;

    public async Task SeedAsync(Action<RecoveryDbContext> rows)
    {
        await using var database = await OpenAsync();
        rows(database);
        await database.SaveChangesAsync();
    }

    public T Read<T>(Func<RecoveryDbContext, T> read)
    {
        using var database = Services.GetRequiredService<IDbContextFactory<RecoveryDbContext>>().CreateDbContext();
        return read(database);
    }

    public Task<RecoveryDbContext> OpenAsync() =>
        Services.GetRequiredService<IDbContextFactory<RecoveryDbContext>>().CreateDbContextAsync();

    /// <summary>Registers a host that reported everything and is silent now, and instances that belong to it.</summary>
    public Task SeedHostAsync(string name, params (Guid Id, string Name)[] instances) => SeedAsync(database =>
    {
        database.Hosts.Add(Rows.Host(name, Time.GetUtcNow()));
        foreach (var (id, instance) in instances)
        {
            database.Domains.Add(Rows.Domain(name, id, instance, Time.GetUtcNow()));
            database.Instances.Add(new InstanceRow { Id = id, Host = name, Since = Time.GetUtcNow() });
        }
    });

    /// <summary>A recovery of node1 as its runner would have left it. It has ended with a cancel where its state says so.</summary>
    public async Task<Guid> SeedRecoveryAsync(RecoveryState state, params (Guid Id, InstanceState State)[] instances)
    {
        var id = Guid.CreateVersion7();
        await SeedAsync(database =>
        {
            var row = Rows.Recovery(id, state, Time.GetUtcNow(), "node1");
            row.FinishedAt = state.IsFinal() ? Time.GetUtcNow() : null;
            row.Cancel = state == RecoveryState.Cancelled && instances.Length > 0 ? CancelMode.Finish : null;
            database.Recoveries.Add(row);
            foreach (var (instance, instanceState) in instances)
            {
                var each = Rows.Instance(id, instance, "web", instanceState);
                each.Reason = "The disk is missing.";
                database.RecoveryInstances.Add(each);
            }
        });
        return id;
    }

    /// <summary>From now on no row comes into this table: the disk is full, just there.</summary>
    public async Task FailOnInsertAsync(string table)
    {
        var trigger = $"CREATE TRIGGER full BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'full'); END";
        await using var database = await OpenAsync();
        await database.Database.ExecuteSqlRawAsync(trigger);
    }

    /// <summary>This property of all items of a list, over all its pages.</summary>
    public async Task<List<string>> AllAsync(string url, string property)
    {
        var all = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await GetAsync(cursor is null ? url : $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}cursor={cursor}")).Json;
            all.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty(property).GetString()!));
            cursor = page.TryGetProperty("nextCursor", out var next) && next.ValueKind == JsonValueKind.String ? next.GetString() : null;
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>A heartbeat of this host, now.</summary>
    public void Hear(string host, string libvirtError = "") => Services.GetRequiredService<LivenessBoard>().Heard(host, libvirtError);

    public Task<Answer> GetAsync(string url, string? accept = null) => SendAsync(HttpMethod.Get, url, null, accept: accept);

    public Task<Answer> PostAsync(string url, string? body, string? key = null, string? accept = null) =>
        SendAsync(HttpMethod.Post, url, body, key, accept: accept);

    public Task<Answer> PutAsync(string url, string? body) => SendAsync(HttpMethod.Put, url, body);

    public async Task<Answer> SendAsync(
        HttpMethod method, string url, string? body, string? key = null, string contentType = "application/json", string? accept = null)
    {
        using var request = new HttpRequestMessage(method, url);
        if (body is not null)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = contentType.Length == 0 ? null : MediaTypeHeaderValue.Parse(contentType);
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("Accept", accept);
        }

        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return new Answer(
            response.StatusCode,
            await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken),
            response.Content.Headers.ContentType?.MediaType,
            response.Headers.Location?.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await app.StopAsync();
        if (OnMariaDbAttribute.Applies)
        {
            await using var database = await OpenAsync();
            await database.Database.EnsureDeletedAsync();
        }

        await app.DisposeAsync();
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
        Directory.Delete(folder, recursive: true);
    }
}

public sealed record Answer(HttpStatusCode Status, string Body, string? ContentType, string? Location)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    /// <summary>Faults as <c>code pointer-or-parameter</c>, in their order.</summary>
    public string[] Faults => [.. Json.GetProperty("errors").EnumerateArray().Select(error =>
        $"{error.GetProperty("code").GetString()} {(error.TryGetProperty("pointer", out var pointer) ? pointer.GetString() : error.TryGetProperty("parameter", out var parameter) ? parameter.GetString() : "-")}")];

    public string[] Messages => [.. Json.GetProperty("errors").EnumerateArray().Select(error => error.GetProperty("message").GetString()!)];
}

/// <summary>The real clock, moved ahead by tests; waits take as long as they take.</summary>
public sealed class SteeredTime : TimeProvider
{
    private TimeSpan ahead;

    public void Pass(TimeSpan time) => ahead += time;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
