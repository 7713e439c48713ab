using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>A volume's attachment, as Cinder tells it. It does not tell which host that is for.</summary>
public sealed record AttachmentState
{
    public required Guid Id { get; init; }

    public required Guid Volume { get; init; }

    public Guid? Instance { get; init; }

    /// <summary><c>reserved</c>, <c>attaching</c> (it has a connector), <c>attached</c>, <c>error_attaching</c>, …</summary>
    public required string Status { get; init; }

    /// <summary>Flat: the data, driver_volume_type and attachment_id; null as long as there is no connector. May hold a CHAP password.</summary>
    public JsonObject? ConnectionInfo { get; init; }

    public string? AttachedAt { get; init; }

    public string? DetachedAt { get; init; }

    /// <summary>As Nova keeps it in block_device_mapping.connection_info: nested.</summary>
    public JsonObject ForBlockDevice()
    {
        var data = (JsonObject)(ConnectionInfo?.DeepClone() ?? new JsonObject());
        var driver = (string?)data["driver_volume_type"];
        data.Remove("driver_volume_type");
        data.Remove("attachment_id");
        return new JsonObject
        {
            ["driver_volume_type"] = driver,
            ["data"] = data,
            ["status"] = Status,
            ["instance"] = Instance?.ToString(),
            ["attached_at"] = AttachedAt ?? "",
            ["detached_at"] = DetachedAt ?? "",
            ["volume_id"] = Volume.ToString(),
            ["serial"] = Volume.ToString(),
        };
    }

    // What a record prints by itself would put the password into a log.
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append(CultureInfo.InvariantCulture, $"{Id} of volume {Volume}, {Status}");
        return true;
    }
}

/// <summary>Cinder's API. Which call is next: <see cref="AttachmentMove"/>.</summary>
public sealed class BlockStorageApi
{
    /// <summary>Attachments are of 3.27, os-complete of 3.44; 3.59 is what Nova's clients speak.</summary>
    internal const string Microversion = "volume 3.59";

    private const int UpdateTries = 3;

    // Cinder's API waits for the backend, which may log in somewhere or export something.
    private static readonly TimeSpan BackendPatience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan BetweenTries = TimeSpan.FromSeconds(1);

    private readonly ServiceClient client;
    private readonly TimeProvider time;

    internal BlockStorageApi(ServiceClient client, TimeProvider time)
    {
        this.client = client;
        this.time = time;
    }

    /// <summary>Null when cinder-api, its database and Keystone work for us; else why not.</summary>
    public Task<string?> WhyNotAsync(CancellationToken cancellationToken) =>
        client.WhyNotAsync("/attachments?all_tenants=1&limit=1", cancellationToken);

    /// <summary>All attachments of a volume; of a multi-attach one also those of other instances.</summary>
    public async Task<IReadOnlyList<AttachmentState>> AttachmentsAsync(Guid volume, CancellationToken cancellationToken)
    {
        var answer = await client.SendAsync(
            new ApiRequest(HttpMethod.Get, $"/attachments/detail?all_tenants=1&volume_id={volume}", $"the attachments of volume {volume}"),
            cancellationToken);
        return answer?["attachments"] is JsonArray attachments
            ? [.. attachments.Select(attachment => ToAttachment((JsonObject)attachment!))]
            : throw client.Unexpected($"the attachments of volume {volume}");
    }

    /// <summary>Keeps the volume and its export, and connects nothing yet.</summary>
    public async Task<AttachmentState> CreateEmptyAsync(Guid volume, Guid instance, CancellationToken cancellationToken)
    {
        var body = new JsonObject
        {
            ["attachment"] = new JsonObject { ["volume_uuid"] = volume.ToString(), ["instance_uuid"] = instance.ToString() },
        };
        return Single(
            await client.SendAsync(
                new ApiRequest(HttpMethod.Post, "/attachments", $"a new attachment of volume {volume}") { Body = body, Patience = BackendPatience },
                cancellationToken),
            $"a new attachment of volume {volume}");
    }

    /// <summary>
    /// As a service: else Cinder asks Nova whether the attachment is in use, and refuses (409), or fails where nova-api is
    /// down. One that is gone already is no fault.
    /// </summary>
    public async Task DeleteAsync(Guid attachment, CancellationToken cancellationToken)
    {
        try
        {
            await client.SendAsync(
                new ApiRequest(HttpMethod.Delete, $"/attachments/{attachment}", $"to delete attachment {attachment}")
                {
                    AsService = true,
                    Patience = BackendPatience,
                },
                cancellationToken);
        }
        catch (OpenStackApiException failure) when (failure.Status == HttpStatusCode.NotFound)
        {
        }
    }

    /// <summary>Gives an attachment its host's connector, and returns it with the connection info. 5xx is tried again (bug 1970642).</summary>
    /// <param name="connector">{platform, os_type, ip, host, multipath, initiator, …, mountpoint}.</param>
    public async Task<AttachmentState> UpdateAsync(Guid attachment, JsonObject connector, CancellationToken cancellationToken)
    {
        var request = new ApiRequest(HttpMethod.Put, $"/attachments/{attachment}", $"the target's connector for attachment {attachment}")
        {
            Body = new JsonObject { ["attachment"] = new JsonObject { ["connector"] = connector.DeepClone() } },
            Patience = BackendPatience,
        };
        for (var tries = 1; ; tries++)
        {
            try
            {
                return Single(await client.SendAsync(request, cancellationToken), $"attachment {attachment}");
            }
            catch (OpenStackApiException failure) when (failure.RetryCanHelp && failure.Status is not null && tries < UpdateTries)
            {
                await Task.Delay(BetweenTries * tries, time, cancellationToken);
            }
        }
    }

    /// <summary>The volume is in use from now on. Repeating it changes nothing.</summary>
    public Task CompleteAsync(Guid attachment, CancellationToken cancellationToken) => client.SendAsync(
        new ApiRequest(HttpMethod.Post, $"/attachments/{attachment}/action", $"to complete attachment {attachment}")
        {
            Body = new JsonObject { ["os-complete"] = new JsonObject() },
        },
        cancellationToken);

    private AttachmentState Single(JsonNode? answer, string what) =>
        answer?["attachment"] is JsonObject attachment ? ToAttachment(attachment) : throw client.Unexpected(what);

    private static AttachmentState ToAttachment(JsonObject attachment) => new()
    {
        Id = Guid.Parse((string)attachment["id"]!),
        Volume = Guid.Parse((string)attachment["volume_id"]!),
        Instance = Guid.TryParse((string?)attachment["instance"], out var instance) ? instance : null,
        Status = (string?)attachment["status"] ?? "",
        ConnectionInfo = attachment["connection_info"] is JsonObject { Count: > 0 } info ? (JsonObject)info.DeepClone() : null,
        AttachedAt = (string?)attachment["attached_at"],
        DetachedAt = (string?)attachment["detached_at"],
    };
}
