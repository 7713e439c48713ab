using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Reads what a column may hold back as what it was: string, bool, whole number (as long) or null.</summary>
internal sealed class RowValuesConverter : JsonConverter<IReadOnlyDictionary<string, object?>>
{
    public override IReadOnlyDictionary<string, object?> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var document = JsonElement.ParseValue(ref reader);
        return document.EnumerateObject().ToDictionary(column => column.Name, column => Value(column.Value));
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyDictionary<string, object?> value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        foreach (var (column, content) in value)
        {
            writer.WritePropertyName(column);
            JsonSerializer.Serialize(writer, content, content?.GetType() ?? typeof(object), options);
        }

        writer.WriteEndObject();
    }

    private static object? Value(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.GetInt64(),
        _ => throw new JsonException($"A column holds a text, a whole number, true, false or null, not {element.ValueKind}."),
    };
}
