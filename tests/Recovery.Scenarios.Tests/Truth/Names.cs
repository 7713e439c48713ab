using System.Text.RegularExpressions;
using Recovery.Scenarios.Tests.Cluster;

namespace Recovery.Scenarios.Tests.Truth;

/// <summary>Ids are new in every run; in a story they have names.</summary>
internal sealed partial class Names(World world)
{
    private readonly Dictionary<Guid, string> recoveries = [];

    public IReadOnlyDictionary<Guid, string> Recoveries => recoveries;

    /// <summary>r1, r2… in the order in which they were seen.</summary>
    public string Of(Guid recovery)
    {
        if (!recoveries.TryGetValue(recovery, out var name))
        {
            name = recoveries[recovery] = $"r{recoveries.Count + 1}";
        }

        return name;
    }

    public Guid Find(string name) => recoveries.Single(each => each.Value == name).Key;

    public string Readable(string text) => Id().Replace(text, match =>
    {
        var id = Guid.Parse(match.Value);
        return world.Guests.TryGetValue(id, out var guest) ? guest.Name
            : recoveries.TryGetValue(id, out var recovery) ? recovery
            : "(id)";
    });

    [GeneratedRegex("[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}")]
    private static partial Regex Id();
}
