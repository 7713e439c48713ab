using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recovery.ControlPlane.Persistence;

/// <summary>How values are written inside a column. Changing it makes old rows unreadable.</summary>
internal static class StoredJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };
}
