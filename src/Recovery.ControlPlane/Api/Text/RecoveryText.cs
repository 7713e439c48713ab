using System.Globalization;
using System.Text;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>Recoveries as text.</summary>
internal static class RecoveryText
{
    public static string List(Page<RecoveryResource> page, DateTimeOffset now)
    {
        if (page.Items.Count == 0)
        {
            return "No recoveries.\n";
        }

        var table = new TextTable("STATE", "HOSTS", "DONE", "AGE", "ID");
        foreach (var recovery in page.Items)
        {
            table.Row(
                StateNames.Of(recovery.State) + (recovery.Paused ? ", paused" : ""),
                string.Join(",", recovery.Hosts),
                $"{recovery.Counts.Recovered}/{recovery.Counts.Total}",
                Times.Age(now - recovery.CreatedAt),
                recovery.Id.ToString());
        }

        return table + (page.NextCursor is { } next ? $"More: ?cursor={next}\n" : "");
    }

    public static string One(RecoveryResource recovery, IReadOnlyList<RecoveryInstanceResource> instances, DateTimeOffset now)
    {
        var text = new StringBuilder(Head(recovery.Kind.ToString(), recovery.Hosts, StateNames.Of(recovery.State), recovery.Counts))
            .Append($"{recovery.Id}, asked {Times.Age(now - recovery.CreatedAt)} ago\n");
        if (recovery.Reason.Length > 0)
        {
            text.Append(recovery.Reason).Append('\n');
        }

        if (recovery.FinishedAt is null)
        {
            text.Append(Steered(recovery.Paused, recovery.Cancel, recovery.Limits));
        }

        return instances.Count == 0 ? text.ToString() : text.Append('\n').Append(Instances(instances)).ToString();
    }

    public static string Instances(IReadOnlyList<RecoveryInstanceResource> instances)
    {
        var routed = instances.Any(instance => instance.Route is not null);
        var table = new TextTable(["INSTANCE", "STATE", "TARGET", .. Route(routed, "ROUTE"), "REASON"]);
        foreach (var instance in instances)
        {
            table.Row([
                instance.Name,
                State(instance.State, instance.SkipRequested),
                instance.Target ?? "-",
                .. Route(routed, instance.Route),
                instance.Reason,
            ]);
        }

        return table.ToString();
    }

    public static string Report(ReportResource report)
    {
        var routed = report.Instances.Any(instance => instance.Route is not null);
        var table = new TextTable(["INSTANCE", "STATE", "TARGET", .. Route(routed, "ROUTE"), "PLANNED", "FENCED", "CONNECTED", "STARTED", "READY", "REASON"]);
        foreach (var instance in report.Instances)
        {
            table.Row([
                instance.Name,
                State(instance.State, instance.SkipRequested),
                instance.Target ?? "-",
                .. Route(routed, instance.Route),
                After(instance.Timeline.PlannedAt),
                After(instance.Timeline.FencedAt),
                After(instance.Timeline.ConnectedAt),
                After(instance.Timeline.StartedAt),
                After(instance.Timeline.ReadyAt),
                instance.Reason,
            ]);
        }

        var written = InstanceSections.Of(report.Instances, instance => instance.Writes, instance => $"Written for {instance.Name}", "for");
        return $"Recovery {report.Recovery}: {StateNames.Of(report.State)}{(report.Reason.Length > 0 ? $", {report.Reason}" : "")}\nAsked {Times.Iso(report.CreatedAt)}; times are seconds from then.\n{(report.FinishedAt is null ? Steered(report.Paused, report.Cancel, report.Limits) : "")}\n{table}{written}";

        string After(DateTimeOffset? time) =>
            time is { } at ? (at - report.CreatedAt).TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture) : "-";
    }

    /// <summary>One line of a live log.</summary>
    public static string Event(EventResource happened) =>
        $"{happened.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}  {happened.Type,-14}  {happened.Message}\n";

    private static string Steered(bool paused, CancelMode? cancel, RecoveryLimits limits) =>
        (paused ? "It is paused: steps that run are finished, nothing new starts.\n" : "")
        + cancel switch
        {
            CancelMode.Finish => "It is being cancelled: what is under way is finished, no other is begun.\n",
            CancelMode.PutBack => "It is being cancelled: what is under way is put back, no other is begun.\n",
            _ => "",
        }
        + $"At the same time: {limits.InAll} in all, {limits.PerTarget} on one target, {limits.PerBackend} on one storage.\n";

    private static string[] Route(bool routed, string cell) => routed ? [cell] : [];

    private static string[] Route(bool routed, RecoveryRoute? route) => Route(routed, route is { } its ? StateNames.Of(its) : "-");

    private static string State(InstanceState state, bool skipRequested) =>
        StateNames.Of(state) + (skipRequested && state == InstanceState.Waiting ? ", to be skipped" : "");

    private static string Head(string kind, IReadOnlyList<string> hosts, string state, InstanceCounts counts) =>
        $"{kind} {string.Join(", ", hosts)}: {state}, {counts.Recovered} of {counts.Total} recovered"
        + (counts.Failed > 0 ? $", {counts.Failed} failed" : "")
        + (counts.Unplaced > 0 ? $", {counts.Unplaced} unplaced" : "") + "\n";
}
