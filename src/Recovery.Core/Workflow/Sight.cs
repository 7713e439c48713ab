using System.Globalization;
using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>A registered host, as far as its silence says something.</summary>
public sealed record Witness(string Name, HostLiveness Liveness, bool Maintenance = false);

/// <summary>
/// Whether it is the hosts that are silent, or the control plane that is deaf. Cut off from its network, it would hear
/// nobody, and must not switch off healthy hosts for that.
/// </summary>
public static class Sight
{
    /// <summary>
    /// Of the hosts that nobody has a quarrel with, at least half have to be heard right now. Where there are none, there
    /// is nothing to judge by, and the other rules decide alone.
    /// </summary>
    /// <param name="hosts">All registered hosts, with what is heard of them.</param>
    /// <param name="sources">Those that the recovery takes for dead: their silence is why it runs.</param>
    /// <param name="provenOff">Those with a fence proof that stands: their silence is explained.</param>
    /// <returns>Null when hosts may be fenced; else why not now, and what an operator can do.</returns>
    public static string? WhyNotFence(
        IEnumerable<Witness> hosts, IReadOnlySet<string> sources, IReadOnlySet<string> provenOff)
    {
        var witnesses = hosts
            .Where(host => !sources.Contains(host.Name) && !provenOff.Contains(host.Name))
            .Where(host => !host.Maintenance && host.Liveness != HostLiveness.NeverSeen)
            .ToList();
        var silent = witnesses.Where(host => host.Liveness == HostLiveness.Silent)
            .Select(host => host.Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        var heard = witnesses.Count - silent.Count;
        return heard * 2 >= witnesses.Count
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"Nothing is done now: of the {Counted(witnesses.Count)} that this recovery is not about, {heard} {(heard == 1 ? "is" : "are")} heard ({Named(silent)} silent), and at least half have to be. That looks like the control plane's own network, not like dead hosts, so it waits. Check the network between the control plane and the executors. A host that is known to be away can be put into maintenance, or attested off: POST /v1/hosts/NAME/attestations.");
    }

    private static string Counted(int count) => count == 1 ? "one other host" : $"{count} other hosts";

    private static string Named(List<string> silent)
    {
        const int Shown = 5;
        var names = string.Join(", ", silent.Take(Shown));
        var rest = silent.Count - Shown;
        return rest > 0 ? $"{names} and {rest} more are" : $"{names} {(silent.Count == 1 ? "is" : "are")}";
    }
}
