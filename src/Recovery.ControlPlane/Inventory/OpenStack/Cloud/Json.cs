using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recovery.ControlPlane.Inventory.OpenStack.Cloud;

/// <summary>Columns that hold JSON, as OpenStack wrote it or as an operator has broken it.</summary>
internal static class Json
{
    private static readonly Dictionary<string, string> None = [];

    /// <summary>Null when it is empty or can't be read.</summary>
    public static JsonNode? Read(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        try
        {
            return JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Of a JSON string; empty for anything else.</summary>
    public static string Text(string? json) => Read(json) is JsonValue value && value.TryGetValue<string>(out var text) ? text : "";

    /// <summary>A JSON string, number or truth as text; null for anything else.</summary>
    public static string? Word(JsonNode? node) => node?.GetValueKind() switch
    {
        JsonValueKind.String => node.GetValue<string>(),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
        _ => null,
    };

    /// <summary>As oslo's strutils.bool_from_string reads it.</summary>
    public static bool Says(JsonNode? node) => Says(Word(node));

    /// <summary>The same of a text.</summary>
    public static bool Says(string? text) => text?.Trim().ToUpperInvariant() is "TRUE" or "T" or "YES" or "Y" or "ON" or "1";

    /// <summary>Of an object whose values are texts.</summary>
    public static IReadOnlyDictionary<string, string> Texts(string? json) =>
        json is null or "{}" || Read(json) is not JsonObject all
            ? None
            : all.Where(each => each.Value is not null).ToDictionary(each => each.Key, each => each.Value!.ToString());

    /// <summary>A member of an object; Nova writes numbers as texts too.</summary>
    public static int? WholeNumber(string? json, string name) =>
        (Read(json) as JsonObject)?[name]?.ToString() is { } text && int.TryParse(text, CultureInfo.InvariantCulture, out var number) ? number : null;
}
