using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Recovery.Labs;

namespace Recovery.OpenStack.Tests;

/// <summary>A server, as Nova tells its administrator.</summary>
/// <param name="Status">ACTIVE, SHUTOFF, ERROR…</param>
/// <param name="Host">Whose nova-compute it belongs to.</param>
/// <param name="Task">What Nova does to it right now; null: nothing.</param>
internal sealed record Server(Guid Id, string Name, string Status, string Host, string? Task);

/// <summary>OpenStack's own APIs, as its administrator uses them.</summary>
internal sealed class OpenStackApi(string address, string password) : IDisposable
{
    private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(90) };

    public string Nova { get; } = $"http://{address}:8774/v2.1";

    public string Placement { get; } = $"http://{address}:8778";

    /// <summary>A token lasts for a day, also over a power cut of Keystone.</summary>
    public async Task SignInAsync(CancellationToken cancellationToken)
    {
        object domain = new { name = "Default" };
        using var body = Json(new
        {
            auth = new
            {
                identity = new { methods = new[] { "password" }, password = new { user = new { name = "admin", domain, password } } },
                scope = new { project = new { name = "admin", domain } },
            },
        });
        var response = await http.PostAsync($"http://{address}:5000/v3/auth/tokens", body, cancellationToken);
        await LabControlPlane.ExpectAsync(response, cancellationToken);
        http.DefaultRequestHeaders.Add("X-Auth-Token", response.Headers.GetValues("X-Subject-Token"));
        http.DefaultRequestHeaders.Add("OpenStack-API-Version", ["compute 2.90", "placement 1.36"]);
    }

    public async Task<JsonElement> GetAsync(string url, CancellationToken cancellationToken)
    {
        var response = await http.GetAsync(url, cancellationToken);
        await LabControlPlane.ExpectAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
    }

    public async Task<IReadOnlyList<Server>> ServersAsync(CancellationToken cancellationToken) =>
        [.. (await GetAsync($"{Nova}/servers/detail?all_tenants=1", cancellationToken)).GetProperty("servers").EnumerateArray().Select(ServerOf)];

    public async Task<Server> ServerAsync(Guid id, CancellationToken cancellationToken) =>
        ServerOf((await GetAsync($"{Nova}/servers/{id}", cancellationToken)).GetProperty("server"));

    /// <summary>Waits until the server is so and Nova does nothing to it any more.</summary>
    public async Task<Server> UntilAsync(Guid id, Func<Server, bool> so, TimeSpan within, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var server = await ServerAsync(id, cancellationToken);
            if (server.Task is null && so(server))
            {
                return server;
            }

            if (TimeProvider.System.GetElapsedTime(begin) > within)
            {
                throw new LabException($"{server.Name} did not become what was awaited within {within.TotalSeconds:0} s: {server}");
            }

            await Task.Delay(200, cancellationToken);
        }
    }

    /// <param name="body">As {"os-stop": null}.</param>
    public Task ActAsync(Guid id, Dictionary<string, object?> body, CancellationToken cancellationToken) =>
        SendAsync(HttpMethod.Post, $"{Nova}/servers/{id}/action", body, cancellationToken);

    public async Task SendAsync(HttpMethod method, string url, object? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, url) { Content = body is null ? null : Json(body) };
        await LabControlPlane.ExpectAsync(await http.SendAsync(request, cancellationToken), cancellationToken);
    }

    /// <summary>The nova-compute of a host: its state, status, forced_down.</summary>
    public async Task<JsonElement> ComputeServiceAsync(string host, CancellationToken cancellationToken) =>
        (await GetAsync($"{Nova}/os-services?binary=nova-compute&host={host}", cancellationToken)).GetProperty("services").EnumerateArray().Single();

    public void Dispose() => http.Dispose();

    // With its length: Keystone's own server takes no body in chunks.
    private static StringContent Json(object body) => new(JsonSerializer.Serialize(body), Encoding.UTF8, "application/json");

    private static Server ServerOf(JsonElement server) => new(
        server.GetProperty("id").GetGuid(),
        server.GetProperty("name").GetString()!,
        server.GetProperty("status").GetString()!,
        server.GetProperty("OS-EXT-SRV-ATTR:host").GetString() ?? "",
        server.GetProperty("OS-EXT-STS:task_state").GetString());
}
