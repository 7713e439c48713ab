using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recovery.Executor.DomainXml;

/// <summary>Reads profiles and writes results without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TargetProfile))]
[JsonSerializable(typeof(RewriteResult))]
internal sealed partial class RewriteJson : JsonSerializerContext
{
    /// <summary>For terminals: '&lt;' and 'ä' as themselves. The output is never part of a web page.</summary>
    public static RewriteJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
