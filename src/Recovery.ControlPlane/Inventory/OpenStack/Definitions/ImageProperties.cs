using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>What an instance remembers of its image: system_metadata <c>image_…</c>, and the extra specs of its flavor beside it.</summary>
internal sealed class ImageProperties(IReadOnlyDictionary<string, string> systemMetadata)
{
    /// <param name="names">Without <c>image_</c>; the first that is there counts.</param>
    /// <returns>Null: there is none, or it is empty.</returns>
    public string? Get(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (systemMetadata.TryGetValue("image_" + name, out var value) && value.Length > 0) return value;
        }

        return null;
    }

    public bool IsSet(params ReadOnlySpan<string> names) => Truth(Get(names));

    public int? Number(string name) => int.TryParse(Get(name), out var number) && number > 0 ? number : null;

    /// <summary>As oslo's strutils.bool_from_string reads it.</summary>
    public static bool Truth(string? text) => Json.Says(text);
}
