using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Documents of OpenStack's JSON columns by their keys.</summary>
internal static class JsonKeys
{
    /// <summary>As Python writes it, as far as a comparison in SQL needs.</summary>
    public static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Null when the text is no JSON object.</summary>
    public static JsonObject? Parse(string? text)
    {
        try
        {
            return string.IsNullOrEmpty(text) ? null : JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>Top-level keys, and those of the object under <c>data</c> as <c>data.x</c>.</summary>
    public static Dictionary<string, JsonNode?> Flat(JsonObject? document)
    {
        Dictionary<string, JsonNode?> keys = [];
        foreach (var (name, value) in document ?? [])
        {
            if (name == "data" && value is JsonObject data)
            {
                foreach (var (inner, each) in data)
                {
                    keys[$"data.{inner}"] = each;
                }
            }
            else
            {
                keys[name] = value;
            }
        }

        return keys;
    }
}
