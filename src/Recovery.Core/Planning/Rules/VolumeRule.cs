using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>The host reached every volume backend that it was asked to reach. One that was not tried is no reason.</summary>
internal sealed class VolumeRule : IHostRule
{
    public IEnumerable<Need> NeedsOf(Instance instance) =>
        instance.Disks.Select(disk => disk.Backend).OfType<string>().Select(backend => new Need(RejectionKind.VolumeUnreachable, backend));

    public Func<Host, bool> MetBy(Need need) => host => !host.Backends.TryGetValue(need.Value, out var reached) || reached;

    public string Sentence(Need need, Instance instance, Host host) =>
        $"{host.Name} can't reach {need.Value}, where volume {string.Join(" and ", instance.Disks.Where(disk => disk.Backend == need.Value).Select(disk => disk.Target))} is";
}
