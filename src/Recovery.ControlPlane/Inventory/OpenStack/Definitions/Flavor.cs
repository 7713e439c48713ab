using System.Text.Json.Nodes;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>The flavor as it was when the instance was made (instance_extra.flavor).</summary>
internal sealed class Flavor(JsonObject data)
{
    private readonly JsonObject? extraSpecs = data["extra_specs"] as JsonObject;

    public string? Name => Text(data["name"]);

    public int? MemoryMib => Number("memory_mb");

    public int? Vcpus => Number("vcpus");

    public int RootGib => Number("root_gb") ?? 0;

    public int EphemeralGib => Number("ephemeral_gb") ?? 0;

    public int SwapMib => Number("swap") ?? 0;

    public IEnumerable<string> ExtraSpecNames => extraSpecs?.Select(spec => spec.Key) ?? [];

    public string? ExtraSpec(string name) => Text(extraSpecs?[name]);

    public int? ExtraNumber(string name) => int.TryParse(ExtraSpec(name), out var number) && number > 0 ? number : null;

    /// <summary>A JSON string or number as text; null for anything else.</summary>
    internal static string? Text(JsonNode? node) => Json.Word(node);

    private int? Number(string name) => int.TryParse(Text(data[name]), out var number) ? number : null;
}
