using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>The host reached every volume backend that it was asked to reach. One that was not tried is no reason.</summary>
internal sealed class VolumeRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host) =>
        from disk in instance.Disks
        where disk.Backend is { } backend && host.Backends.TryGetValue(backend, out var reached) && !reached
        select new Rejection(host.Name, RejectionKind.VolumeUnreachable,
            $"{host.Name} can't reach {disk.Backend}, where volume {disk.Target} is");
}
