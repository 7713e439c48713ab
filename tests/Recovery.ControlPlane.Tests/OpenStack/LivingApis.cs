using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Tests.OpenStack.Api;
using Recovery.ControlPlane.Tests.OpenStack.Writing;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>
/// Cinder, Neutron and Nova of the cloud in the databases: they answer in the shape of a real Zed's answers, and remember what
/// they were asked to do. Only vm-1, its volume and its port are known.
/// </summary>
internal sealed class LivingApis : IAsyncDisposable
{
    private readonly WritableCloud cloud;
    private readonly ReplayedCloud replayed;
    private readonly Guid instance;
    private JsonNode? body;
    private int effects;

    private LivingApis(WritableCloud cloud, ReplayedCloud replayed, Guid instance) =>
        (this.cloud, this.replayed, this.instance) = (cloud, replayed, instance);

    public OpenStackOptions Options => replayed.Options;

    public Guid Volume { get; private set; }

    public Guid Port { get; private set; }

    /// <summary>The attachment that there was at first.</summary>
    public Guid Original { get; private set; }

    /// <summary>As Cinder has them.</summary>
    public List<Attached> Attachments { get; } = [];

    /// <summary>Requests that change something, in their order.</summary>
    public List<string> Effects { get; } = [];

    /// <summary>Such a request, counted from 0, is carried out, and its answer is lost.</summary>
    public int? Lost { get; set; }

    /// <summary>Nobody answers any more whose path has this.</summary>
    public string? Silent { get; set; }

    /// <summary>In place of what would be answered: a file of Data/api.</summary>
    public Func<Asked, string?> Instead { get; set; } = _ => null;

    /// <summary>Into the connection info that Cinder gives.</summary>
    public Action<JsonObject> Connection { get; set; } = _ => { };

    public string PortHost { get; private set; } = "node1";

    public string PortOwner { get; private set; } = "compute:nova";

    public string VifType { get; set; } = "bridge";

    /// <summary>What Nova shows of the server, one look after the other; the last one stays.</summary>
    public Queue<string> Looks { get; } = new(["server-active"]);

    public string ServerHost { get; set; } = "node2";

    public static async Task<LivingApis> StartAsync(WritableCloud cloud, Guid instance)
    {
        var replayed = await ReplayedCloud.StartAsync();
        var apis = new LivingApis(cloud, replayed, instance)
        {
            Volume = Guid.Parse(await cloud.TellAsync("cinder", "SELECT volume_id FROM volume_attachment")),
            Original = Guid.Parse(await cloud.TellAsync("cinder", "SELECT id FROM volume_attachment")),
            Port = Guid.Parse(await cloud.TellAsync("neutron", $"SELECT id FROM ports WHERE device_id = '{instance}'")),
        };
        apis.Attachments.Add(new Attached(apis.Original, "attached", new JsonObject { ["host"] = "node1" }));
        replayed.Answer = apis.Answer;
        replayed.Edit = text => apis.body?.ToJsonString() ?? apis.Named(text);
        return apis;
    }

    public ValueTask DisposeAsync() => replayed.DisposeAsync();

    /// <summary>Cinder's rows become what Cinder has done.</summary>
    public async Task MirrorAsync()
    {
        await cloud.ExecuteAsync(
            "cinder", $"UPDATE volume_attachment SET deleted = 1 WHERE id NOT IN ({string.Join(", ", Attachments.Select(each => $"'{each.Id}'").DefaultIfEmpty("''"))})");
        foreach (var each in Attachments.Where(each => each.Id != Original))
        {
            await cloud.ExecuteAsync(
                "cinder",
                $"REPLACE INTO volume_attachment (id, volume_id, instance_uuid, attached_host, attach_status, connector, deleted) VALUES ('{each.Id}', '{Volume}', '{instance}', {Sql((string?)each.Connector?["host"])}, '{each.Status}', {Sql(each.Connector?.ToJsonString())}, 0)");
        }
    }

    private static string Sql(string? text) => text is null ? "NULL" : $"'{text}'";

    // The recorded answers are about another server.
    private string Named(string text) => text
        .Replace(ReplayedCloud.Server, $"{instance}", StringComparison.Ordinal)
        .Replace("\"node3\"", $"\"{ServerHost}\"", StringComparison.Ordinal);

    private string? Answer(Asked asked)
    {
        body = null;
        if (Silent is { } silent && asked.Path.Contains(silent, StringComparison.Ordinal))
        {
            return null;
        }

        if (Instead(asked) is { } other)
        {
            return other;
        }

        var answer = asked.Path.Contains("/attachments", StringComparison.Ordinal) ? AsCinder(asked)
            : asked.Path.Contains("/v2.0/", StringComparison.Ordinal) ? AsNeutron(asked)
            : AsNova(asked);
        if (asked.Method == "GET")
        {
            return answer;
        }

        Effects.Add(asked.Line[..asked.Line.IndexOf(' ')] + " " + asked.Path[(asked.Path.LastIndexOf('/') + 1)..]);
        return effects++ == Lost ? null : answer;
    }

    private string AsCinder(Asked asked)
    {
        var parts = asked.Path.Split('/', '?');
        var id = Array.Find(parts, part => Attachments.Exists(each => $"{each.Id}" == part));
        var at = Attachments.FindIndex(each => $"{each.Id}" == id);
        switch (asked.Method)
        {
            case "GET":
                body = new JsonObject { ["attachments"] = new JsonArray([.. Attachments.Select(Shown)]) };
                return "attachments-old";
            case "POST" when asked.Path.EndsWith("/action", StringComparison.Ordinal):
                Attachments[at] = Attachments[at] with { Status = "attached" };
                return "attachment-completed";
            case "POST":
                Attachments.Add(new Attached(Guid.NewGuid(), "reserved", null));
                body = new JsonObject { ["attachment"] = Shown(Attachments[^1]) };
                return "attachment-created";
            case "DELETE":
                Attachments.RemoveAll(each => $"{each.Id}" == id);
                return "attachment-deleted";
            default:
                // A volume has one host at a time.
                if (Attachments.Exists(each => $"{each.Id}" != id && each.Connector is not null))
                {
                    return "attachment-update-duplicate-connectors";
                }

                Attachments[at] = Attachments[at] with { Status = "attaching", Connector = asked.Body!["attachment"]!["connector"]!.DeepClone().AsObject() };
                body = new JsonObject { ["attachment"] = Shown(Attachments[at]) };
                return "attachment-updated";
        }
    }

    private JsonNode Shown(Attached attachment)
    {
        var info = new JsonObject();
        if (attachment.Connector is not null)
        {
            info["driver_volume_type"] = "nfs";
            info["export"] = "10.77.0.1:/export";
            info["name"] = $"volume-{Volume}";
            info["attachment_id"] = $"{attachment.Id}";
            Connection(info);
        }

        return new JsonObject
        {
            ["id"] = $"{attachment.Id}",
            ["status"] = attachment.Status,
            ["instance"] = $"{instance}",
            ["volume_id"] = $"{Volume}",
            ["attached_at"] = attachment.Connector is null ? "" : "2026-11-23T11:16:48.000000",
            ["detached_at"] = "",
            ["connection_info"] = info,
        };
    }

    private string AsNeutron(Asked asked)
    {
        if (asked.Path.Contains("/ports?", StringComparison.Ordinal))
        {
            return "ports";
        }

        if (asked.Method == "PUT")
        {
            (PortHost, PortOwner) = ((string)asked.Body!["port"]!["binding:host_id"]!, (string)asked.Body["port"]!["device_owner"]!);
        }

        body = new JsonObject
        {
            ["port"] = new JsonObject
            {
                ["id"] = $"{Port}",
                ["binding:host_id"] = PortHost,
                ["binding:vif_type"] = VifType,
                ["device_owner"] = PortOwner,
            },
        };
        return asked.Method == "PUT" ? "port-bound" : "port";
    }

    private string AsNova(Asked asked) =>
        asked.Method == "POST" ? "start-accepted" : Looks.Count > 1 ? Looks.Dequeue() : Looks.Peek();
}

/// <summary>An attachment in Cinder.</summary>
internal sealed record Attached(Guid Id, string Status, JsonObject? Connector);
