using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>A nova-compute, as <c>/os-services</c> tells it.</summary>
/// <param name="Id">The service's uuid, not the row's id.</param>
public sealed record ComputeServiceState(Guid Id, string Host, bool Up, bool Disabled, string? DisabledReason, bool ForcedDown);

/// <summary>A server, as <c>/servers/{id}</c> tells it.</summary>
/// <param name="Status"><c>ACTIVE</c>, <c>SHUTOFF</c>, <c>ERROR</c>, …</param>
/// <param name="Host">OS-EXT-SRV-ATTR:host; null where the user may not see it, or there is none.</param>
/// <param name="Fault">Nova's own words; null when there is no fault.</param>
public sealed record ServerState(Guid Id, string Name, string Status, string? VmState, string? TaskState, string? Host, string? Fault);

/// <summary>Nova's API.</summary>
public sealed class ComputeApi
{
    /// <summary>The first one where a service is addressed by its uuid.</summary>
    internal const string Microversion = "compute 2.53";

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(1);

    private readonly ServiceClient client;
    private readonly TimeProvider time;

    internal ComputeApi(ServiceClient client, TimeProvider time)
    {
        this.client = client;
        this.time = time;
    }

    /// <summary>Null when nova-api, its database and Keystone work for us; else why not.</summary>
    public Task<string?> WhyNotAsync(CancellationToken cancellationToken) =>
        client.WhyNotAsync("/os-services?binary=nova-compute", cancellationToken);

    public async Task<IReadOnlyList<ComputeServiceState>> ServicesAsync(CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ApiRequest(HttpMethod.Get, "/os-services?binary=nova-compute", "the list of services"), cancellationToken);
        return answer?["services"] is JsonArray services
            ? [.. services.Select(service => ToService(service!))]
            : throw client.Unexpected("the list of services");
    }

    /// <summary>Whether Nova takes the host for dead, whatever its nova-compute says. Nova refuses to clear it while evacuations from the host are not completed.</summary>
    public Task<ComputeServiceState> ForceDownAsync(Guid service, bool down, CancellationToken cancellationToken) =>
        PutServiceAsync(service, new JsonObject { ["forced_down"] = down }, cancellationToken);

    public Task<ComputeServiceState> EnableAsync(Guid service, CancellationToken cancellationToken) =>
        PutServiceAsync(service, new JsonObject { ["status"] = "enabled" }, cancellationToken);

    public Task<ComputeServiceState> DisableAsync(Guid service, string reason, CancellationToken cancellationToken) =>
        PutServiceAsync(service, new JsonObject { ["status"] = "disabled", ["disabled_reason"] = reason }, cancellationToken);

    public async Task<ServerState> ServerAsync(Guid server, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(new ApiRequest(HttpMethod.Get, $"/servers/{server}", $"to show server {server}"), cancellationToken);
        return answer?["server"] is JsonObject shown ? ToServer(server, shown) : throw client.Unexpected($"server {server}");
    }

    /// <summary>Accepted, not done: see <see cref="AwaitActiveAsync"/>. 409 when it is not stopped or has a task.</summary>
    public Task StartAsync(Guid server, CancellationToken cancellationToken) => client.SendAsync(
        new ApiRequest(HttpMethod.Post, $"/servers/{server}/action", $"to start server {server}") { Body = new JsonObject { ["os-start"] = null } },
        cancellationToken);

    /// <summary>After a start, until the server is ACTIVE without a task. A look that fails for now is repeated.</summary>
    /// <exception cref="OpenStackApiException">It went to ERROR, its start was given up, or it took too long.</exception>
    public async Task<ServerState> AwaitActiveAsync(Guid server, TimeSpan limit, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        while (true)
        {
            ServerState? seen = null;
            OpenStackApiException? unseen = null;
            try
            {
                seen = await ServerAsync(server, cancellationToken);
            }
            catch (OpenStackApiException failure) when (failure.RetryCanHelp)
            {
                unseen = failure;
            }

            switch (seen)
            {
                case { Status: "ACTIVE", TaskState: null }:
                    return seen;
                case { Status: "ERROR" }:
                    throw new OpenStackApiException(
                        $"Nova put server {seen.Name} into ERROR{At(seen)}: {seen.Fault ?? "it does not say why"}. See nova-compute's log there.",
                        null, retryCanHelp: false);
                case { Status: "SHUTOFF", TaskState: null }:
                    // The API sets the task before it answers; back without it, nova-compute has given up.
                    throw new OpenStackApiException(
                        $"Nova gave the start of server {seen.Name}{At(seen)} up; see nova-compute's log there (openstack server event list "
                        + $"{server}).",
                        null, retryCanHelp: true);
            }

            if (time.GetElapsedTime(start) + BetweenLooks > limit)
            {
                throw new OpenStackApiException(
                    unseen?.Message
                    ?? $"Server {seen!.Name} is {seen.Status} after {limit.TotalSeconds:0} s{At(seen)}"
                        + $"{(seen.TaskState is null ? "" : $", in task {seen.TaskState}")}; see nova-compute's log there.",
                    unseen?.Status, retryCanHelp: true, unseen)
                { Unanswered = unseen is { Unanswered: true } };
            }

            await Task.Delay(BetweenLooks, time, cancellationToken);
        }
    }

    private static string At(ServerState server) => server.Host is null ? "" : $" on {server.Host}";

    private async Task<ComputeServiceState> PutServiceAsync(Guid service, JsonObject body, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ApiRequest(HttpMethod.Put, $"/os-services/{service}", $"to change the service {service}") { Body = body }, cancellationToken);
        return answer?["service"] is JsonObject changed ? ToService(changed) : throw client.Unexpected($"service {service}");
    }

    private static ComputeServiceState ToService(JsonNode service) => new(
        Guid.Parse((string)service["id"]!),
        (string)service["host"]!,
        (string?)service["state"] == "up",
        (string?)service["status"] == "disabled",
        (string?)service["disabled_reason"],
        (bool?)service["forced_down"] ?? false);

    private static ServerState ToServer(Guid id, JsonObject server) => new(
        id,
        (string?)server["name"] ?? "",
        (string?)server["status"] ?? "",
        (string?)server["OS-EXT-STS:vm_state"],
        (string?)server["OS-EXT-STS:task_state"],
        (string?)server["OS-EXT-SRV-ATTR:host"],
        ((string?)server["fault"]?["message"])?.TrimEnd('.'));
}
