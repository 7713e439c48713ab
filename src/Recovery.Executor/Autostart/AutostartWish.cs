using System.Text.Json.Serialization;

namespace Recovery.Executor.Autostart;

/// <summary>An owner's wish that a domain be started with its host, in the executor's keeping instead of libvirt's.</summary>
/// <param name="Uuid">Lower case, with dashes.</param>
/// <param name="Name">The domain's name when it was seen last, for humans.</param>
/// <param name="Since">When libvirt's flag was taken.</param>
internal sealed record AutostartWish(string Uuid, string Name, DateTimeOffset Since);

[JsonSourceGenerationOptions(
    WriteIndented = true,
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<AutostartWish>))]
internal sealed partial class AutostartJson : JsonSerializerContext;
