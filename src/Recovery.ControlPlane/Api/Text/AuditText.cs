using Recovery.ControlPlane.Api.Responses;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>The audit log as text.</summary>
internal static class AuditText
{
    public static string List(Page<AuditResource> page)
    {
        if (page.Items.Count == 0)
        {
            return "Nothing was done.\n";
        }

        var table = new TextTable("AT", "WHO", "ACTION", "HOST", "RECOVERY", "DETAILS", "WHY");
        foreach (var row in page.Items)
        {
            table.Row(Times.Iso(row.At), row.Who, row.Action, row.Host ?? "-", row.Recovery?.ToString() ?? "-", row.Details.Length > 0 ? row.Details : "-", row.Why);
        }

        return table + (page.NextCursor is { } next ? $"More: ?cursor={next}\n" : "");
    }
}
