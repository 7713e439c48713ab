using System.Globalization;
using System.Text;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Api.Text;

/// <summary>A forecast as text, worst first.</summary>
internal static class ForecastText
{
    // Whoever reads more than this reads the JSON.
    private const int LossesAtMost = 10;
    private const int InstancesAtMost = 10;

    public static string Of(ForecastResource forecast)
    {
        var room = forecast.HeadRoom;
        var text = new StringBuilder()
            .Append($"At {Times.Iso(forecast.At)} the loss of {forecast.Survivable} of {forecast.Total} {Things(forecast)} could be survived.\n")
            .Append($"Free on {room.Hosts} {(room.Hosts == 1 ? "host" : "hosts")}: {room.MemoryMib} MiB of memory (at most {room.LargestMemoryMib} on one), {room.Vcpus} processors.\n");
        if (forecast.Stale)
        {
            text.Append("The cluster has changed since; ask again in a few seconds.\n");
        }

        if (forecast.Losses.Count == 0)
        {
            return text.ToString();
        }

        var table = new TextTable("LOSS", "GUESTS", "DOWN", "FULLEST THEN", "MEMORY", "CPU");
        foreach (var loss in forecast.Losses)
        {
            table.Row(
                loss.Name,
                $"{loss.Instances}",
                loss.Survivable ? "-" : $"{loss.StaysDown.Count}",
                loss.MostLoaded?.Host ?? "-",
                Percent(loss.MostLoaded?.MemoryPercent),
                Percent(loss.MostLoaded?.VcpuPercent));
        }

        text.Append('\n').Append(table);
        var fatal = forecast.Losses.Where(loss => !loss.Survivable).ToList();
        foreach (var loss in fatal.Take(LossesAtMost))
        {
            text.Append($"\nWithout {loss.Name} these stay down:\n");
            foreach (var instance in loss.StaysDown.Take(InstancesAtMost))
            {
                text.Append(Instance(instance));
            }

            text.Append(More(loss.StaysDown.Count - InstancesAtMost, "  ", "more"));
        }

        return text.Append(More(fatal.Count - LossesAtMost, "\n", "more losses could not be survived")).ToString();
    }

    private static string Instance(StaysDownResource instance)
    {
        var kinds = string.Join(", ", instance.Reasons.Select(reason => $"{StateNames.Of(reason.Kind)} on {reason.Hosts}"));
        return $"  {instance.Name}: {instance.Nearest ?? "there is no other host"}{(kinds.Length > 0 ? $" ({kinds})" : "")}\n"
            + string.Concat(instance.WouldHelp.Take(1).Select(help => $"    would help: {help}\n"));
    }

    private static string Things(ForecastResource forecast) => forecast.Level == ForecastLevel.Domain ? "failure domains" : "hosts";

    private static string More(int count, string indent, string what) => count > 0 ? $"{indent}and {count} {what}\n" : "";

    private static string Percent(double? percent) =>
        percent is { } known ? $"{known.ToString("0", CultureInfo.InvariantCulture)} %" : "-";
}
