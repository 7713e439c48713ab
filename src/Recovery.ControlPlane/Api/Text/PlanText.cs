using System.Text;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>A plan as text.</summary>
internal static class PlanText
{
    public static string Of(PlanResource plan)
    {
        var text = new StringBuilder($"Plan for {string.Join(", ", plan.Hosts)} at {Times.Iso(plan.At)}: {plan.Moves.Count} moves, {plan.Unplaced.Count} unplaced. Nothing was changed.\n");
        if (plan.Moves.Count > 0)
        {
            var table = new TextTable("INSTANCE", "FROM", "TO", "THEN");
            foreach (var move in plan.Moves)
            {
                table.Row(move.Name, move.Source, move.Target, StateNames.Of(move.Intent));
            }

            text.Append('\n').Append(table);
        }

        foreach (var unplaced in plan.Unplaced)
        {
            text.Append($"\n{unplaced.Name} on {unplaced.Source} can't be placed:\n");
            foreach (var rejection in unplaced.Rejections)
            {
                text.Append($"  {rejection.Host}: {rejection.Sentence}\n");
            }
        }

        if (plan.Warnings.Count > 0)
        {
            text.Append("\nWarnings:\n");
            foreach (var warning in plan.Warnings)
            {
                text.Append($"  {warning.Message}\n");
            }
        }

        return text.ToString();
    }
}
