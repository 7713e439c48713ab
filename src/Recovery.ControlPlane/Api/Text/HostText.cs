using System.Globalization;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>Hosts as text.</summary>
internal static class HostText
{
    public static string List(Page<HostResource> page, DateTimeOffset now)
    {
        if (page.Items.Count == 0)
        {
            return "No hosts. PUT /v1/hosts/NAME registers one.\n";
        }

        var table = new TextTable("HOST", "STATE", "HEARD", "NOTE");
        foreach (var host in page.Items)
        {
            table.Row(host.Name, StateNames.Of(host.Liveness), Heard(host), Note(host, now));
        }

        return table + (page.NextCursor is { } next ? $"More: ?cursor={next}\n" : "");
    }

    private static string Heard(HostResource host) => host.HeartbeatAgeSeconds is { } age
        ? $"{Times.Age(TimeSpan.FromSeconds(age))} ago"
        : "never";

    private static string Note(HostResource host, DateTimeOffset now)
    {
        var notes = new List<string>();
        if (host.Quarantined)
        {
            notes.Add(host.QuarantinedSince is { } since
                ? $"quarantined for {Times.Age(now - since)}: {host.QuarantineReason}"
                : "quarantined");
        }

        if (host.Maintenance)
        {
            notes.Add(host.MaintenanceReason.Length > 0
                ? string.Create(CultureInfo.InvariantCulture, $"maintenance: {host.MaintenanceReason}")
                : "maintenance");
        }

        return string.Join("; ", notes);
    }
}
