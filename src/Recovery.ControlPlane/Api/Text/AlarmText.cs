using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>Open alarms as text, above whatever else is shown.</summary>
internal static class AlarmText
{
    /// <summary>Empty when there is none.</summary>
    public static string Of(IReadOnlyList<AlarmResource> open, DateTimeOffset now) => string.Concat(open.Select(alarm =>
        $"{(alarm.Kind == AlarmKinds.SplitBrain ? "!!! SPLIT-BRAIN" : "! paused copy")}, for {Times.Age(now - alarm.Since)}: {alarm.Message}\n"));

    /// <summary>With an empty line between them and what follows.</summary>
    public static string Above(IReadOnlyList<AlarmResource> open, DateTimeOffset now, string text) =>
        open.Count == 0 ? text : $"{Of(open, now)}\n{text}";
}
