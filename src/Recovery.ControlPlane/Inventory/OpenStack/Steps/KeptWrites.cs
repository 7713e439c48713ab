using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Recovery.ControlPlane.Inventory.OpenStack.Writing;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>
/// What a step writes in the cloud, as the journal keeps it before the first effect: rows of a database, or what an API is
/// asked for. It is one of them: what was begun by an API is gone on with, and taken back, by that API.
/// </summary>
internal sealed record KeptWrites
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ForeignTransaction? Rows { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<AttachmentTurn>? Attachments { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PortTurn>? Ports { get; init; }

    /// <summary>Nova is asked to start the server.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Start { get; init; }

    [JsonIgnore]
    public bool IsByApi => Rows is null;

    public static KeptWrites Read(string kept) => JsonSerializer.Deserialize<KeptWrites>(kept)!;

    /// <param name="words">A sentence each.</param>
    public PreparedStep Prepared(IReadOnlyList<string> words) => new(JsonSerializer.Serialize(this), words);
}

/// <summary>One volume whose attachment goes to another host by Cinder's API.</summary>
/// <param name="Volume">Cinder's id.</param>
/// <param name="Original">block_device_mapping.attachment_id before the instance was first touched; null where it had none.</param>
/// <param name="Left">Attachments of hosts that are left, all that there were before the first call.</param>
/// <param name="Connector">Of the host that it goes to.</param>
/// <param name="Origin">Of the host that it comes from, so that it can be taken back.</param>
internal sealed record AttachmentTurn(
    Guid Volume, Guid? Original, IReadOnlyList<Guid> Left, JsonObject Connector, JsonObject Origin);

/// <summary>One port that is bound to another host by Neutron's API.</summary>
/// <param name="Port">Neutron's id.</param>
/// <param name="Host">The host that it goes to.</param>
/// <param name="Zone">That host's, for its device_owner.</param>
/// <param name="FromHost">The host that it was bound to before it was first touched.</param>
/// <param name="FromZone">The zone in its device_owner then.</param>
internal sealed record PortTurn(Guid Port, string Host, string Zone, string FromHost, string FromZone);
