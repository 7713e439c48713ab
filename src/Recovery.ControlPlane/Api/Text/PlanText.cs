using System.Text;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>A plan as text.</summary>
internal static class PlanText
{
    private const int NamesAtMost = 5;

    public static string Of(PlanResource plan)
    {
        var text = new StringBuilder($"Plan for {string.Join(", ", plan.Hosts)} at {Times.Iso(plan.At)}: {plan.Moves.Count} {(plan.Moves.Count == 1 ? "move" : "moves")}, {plan.Unplaced.Count} unplaced. Nothing was changed.\n");
        if (plan is { Id: { } id, ExpiresAt: { } until })
        {
            text.Append($"To carry it out until {Times.Iso(until)}: POST /v1/recoveries {{\"plan\":\"{id}\"}}\n");
        }

        text.Append(Estimate(plan.Estimate));
        if (plan.Moves.Count > 0)
        {
            text.Append('\n').Append(Moves(plan)).Append(Routes(plan));
        }

        foreach (var unplaced in plan.Unplaced)
        {
            text.Append('\n').Append(Unplaced(unplaced));
        }

        if (plan.Warnings.Count > 0)
        {
            text.Append("\nWarnings:\n").Append(InstanceSections.Indented(plan.Warnings.Select(warning => warning.Message)));
        }

        return text
            .Append(InstanceSections.Of(plan.Moves, move => move.Changes, move => $"{move.Target} rewrites in {move.Name}", "in"))
            .Append(InstanceSections.Of(plan.Moves, move => move.Writes, move => $"It would write for {move.Name}", "for"))
            .ToString();
    }

    private static string Estimate(EstimateResource estimate) => estimate.TotalSeconds is { } total
        ? $"It would take about {Times.Age(TimeSpan.FromSeconds(total))}, from {estimate.BasedOn}.\n"
        : $"How long it would take can't be said: {estimate.BasedOn}.\n";

    private static TextTable Moves(PlanResource plan)
    {
        var names = plan.Moves.ToDictionary(move => move.Instance, move => move.Name);
        var timed = plan.Moves.Any(move => move.EstimatedSeconds is not null);
        var waits = plan.Moves.Any(move => move.After.Count > 0);
        var routed = plan.Moves.Any(move => move.Route is not null);
        string[] headings = ["#", "INSTANCE", "FROM", "TO", "THEN", .. Some(routed, "ROUTE"), .. Some(timed, "READY"), .. Some(waits, "AFTER")];
        var table = new TextTable(headings);
        foreach (var move in plan.Moves)
        {
            table.Row([
                $"{move.Order}",
                move.Name,
                move.Source,
                move.Target,
                StateNames.Of(move.Intent),
                .. Some(routed, move.Route is { } route ? StateNames.Of(route) : "-"),
                .. Some(timed, move is { StartsAfterSeconds: { } start, EstimatedSeconds: { } seconds }
                    ? $"+{Times.Age(TimeSpan.FromSeconds(Math.Ceiling(start + seconds)))}"
                    : "-"),
                .. Some(waits, string.Join(",", move.After.Select(id => names.GetValueOrDefault(id, id.ToString())))),
            ]);
        }

        return table;
    }

    private static string Unplaced(Unplaced unplaced)
    {
        var text = new StringBuilder(unplaced.ByWish
            ? $"{unplaced.Name} on {unplaced.Source} stays down, as somebody wanted:\n"
            : $"{unplaced.Name} on {unplaced.Source} can't be placed:\n");
        var why = WhyUnplaced.Of(unplaced);
        text.Append(InstanceSections.Indented(why.Hosts)).Append(why.More > 0 ? $"  {why.MoreHosts}\n" : "");
        if (unplaced.LostTo.Count > 0)
        {
            text.Append($"  lost to: {string.Join(", ", unplaced.LostTo.Select(winner => $"{winner.Name} on {winner.Host} (priority {winner.Priority}, its own {unplaced.Priority})"))}\n");
        }

        if (unplaced.WouldHelp.Count > 0)
        {
            text.Append($"  would help: {string.Join("; or ", unplaced.WouldHelp)}\n");
        }

        return text.ToString();
    }

    // Most go by the same way for the same reason.
    private static string Routes(PlanResource plan)
    {
        var reasons = plan.Moves
            .Where(move => move is { Route: not null, RouteReason: not null })
            .GroupBy(move => (Route: move.Route!.Value, Reason: move.RouteReason!), move => move.Name)
            .Select(group => $"{StateNames.Of(group.Key.Route)} for {Names([.. group])}: {group.Key.Reason}")
            .ToList();
        return reasons.Count == 0 ? "" : $"\nRoutes:\n{InstanceSections.Indented(reasons)}";
    }

    private static string Names(IReadOnlyList<string> names) => names.Count <= NamesAtMost
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesAtMost))} and {names.Count - NamesAtMost} more";

    private static string[] Some(bool wanted, string cell) => wanted ? [cell] : [];
}
