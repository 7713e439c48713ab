using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Why an instance has no place, as a human reads it: the hosts that came nearest, and how many others there are.</summary>
/// <param name="Hosts">A line for each; every sentence names its host.</param>
/// <param name="More">Hosts that reject it as well.</param>
internal sealed record WhyUnplaced(IReadOnlyList<string> Hosts, int More)
{
    // More hosts than these say the same in other words; the plan's JSON has them.
    private const int HostsAtMost = 5;

    public static WhyUnplaced Of(Unplaced unplaced)
    {
        // That a host is not its own rescue needs no line.
        var hosts = unplaced.Rejections
            .Where(rejection => rejection.Kind != RejectionKind.IsSource)
            .GroupBy(rejection => rejection.Host, rejection => rejection.Sentence)
            .Select(host => string.Join("; ", host.Distinct()))
            .ToList();
        return new WhyUnplaced(
            [.. hosts.Take(HostsAtMost).DefaultIfEmpty("there is no other host")],
            Math.Max(0, hosts.Count - HostsAtMost) + unplaced.OtherHosts);
    }

    /// <summary>In one line, as an event or a table shows it, with the least that would help.</summary>
    public static string InOneLine(Unplaced unplaced)
    {
        var why = Of(unplaced);
        return string.Join("; ", [
            .. why.Hosts,
            .. why.More > 0 ? [why.MoreHosts] : Array.Empty<string>(),
            .. unplaced.WouldHelp.Take(1).Select(help => $"would help: {help}"),
        ]);
    }

    public string MoreHosts => $"and {More} more {(More == 1 ? "host" : "hosts")}";
}
