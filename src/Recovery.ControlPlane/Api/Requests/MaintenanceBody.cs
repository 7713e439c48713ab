using System.Text.Json;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Whether instances are kept away from a host.</summary>
/// <param name="Enabled">true: it takes no instance. Those that it has stay.</param>
/// <param name="Reason">For whoever finds it so, up to 500 characters; needed when enabled.</param>
/// <param name="Who">Who wants it, for the audit log, up to 200 characters; unnamed when left out.</param>
public sealed record MaintenanceBody(bool Enabled, string? Reason = null, string? Who = null)
{
    public const string Example = """{"enabled":true,"reason":"New power supply, Tuesday 14:00","who":"Ada Park"}""";

    /// <summary>Null when there are faults.</summary>
    public static MaintenanceBody? Read(JsonElement json, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var enabled = body.Boolean("enabled", required: true);
        var reason = Texts.Read(body, "reason", "why, for whoever finds the host so", 500, required: enabled == true, faults);
        var who = Texts.Read(body, "who", "who wants it, as a name that can be asked", 200, required: false, faults);
        body.End();
        return faults.Count > 0
            ? null
            : new MaintenanceBody(enabled!.Value, reason ?? "", string.IsNullOrEmpty(who) ? OperatorWord.NoName : who);
    }
}
