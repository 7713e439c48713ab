using System.Globalization;
using System.Xml.Linq;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>One definition in the making: what it is made of, and what was found wanting.</summary>
internal sealed class Drafting(InstanceFacts facts, DefinitionPlace place)
{
    public InstanceFacts Facts { get; } = facts;

    public InstanceRecord Instance { get; } = facts.Instance;

    public DefinitionPlace Place { get; } = place;

    public ImageProperties Image { get; } = new(facts.SystemMetadata);

    public Flavor Flavor { get; } = new(facts.Flavor ?? []);

    public List<string> Missing { get; } = [];

    public List<string> Refusals { get; } = [];

    public string Uuid { get; } = facts.Instance.Uuid.ToString("D");

    public string Directory { get; } = $"{place.InstancesPath.TrimEnd('/')}/{facts.Instance.Uuid:D}";

    public string Architecture { get; } =
        new ImageProperties(facts.SystemMetadata).Get("hw_emulation_architecture", "hw_architecture", "architecture") ?? place.Architecture;

    public string? MachineType => Image.Get("hw_machine_type") ?? Place.MachineType;

    public bool IsX86 => Architecture is "x86_64" or "i686";

    public bool IsWindows => string.Equals(Instance.OsType, "windows", StringComparison.OrdinalIgnoreCase);

    public int NovaMajor { get; } = int.TryParse(place.NovaVersion.Split('.')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major) ? major : 0;

    public static XElement Element(string name, params object?[] content) => new(name, content);

    public static XAttribute Attribute(string name, object value) => new(name, Convert.ToString(value, CultureInfo.InvariantCulture)!);

    public static XAttribute? Given(string name, object? value) => value is null ? null : Attribute(name, value);
}
