using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Who asks, where a body is not the place to say it: registering and forgetting hosts.</summary>
internal static class OperatorHeader
{
    public const string Header = "X-Recovery-Who";
    public const string Description = "Who you are, for the audit log, up to 200 characters. Left out: unnamed.";
    private const int Longest = 200;

    /// <summary>Unnamed when it is missing, or wrong, which is noted.</summary>
    public static OperatorWord Read(HttpRequest request, List<Fault> faults)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return new(OperatorWord.NoName);
        }

        var who = values.Count == 1 ? (values[0] ?? "").Trim() : "";
        if (who.Length is 0 or > Longest || who.Any(char.IsControl))
        {
            faults.Add(new(FaultCodes.InvalidParameter,
                $"{Header} has to be given once, with a name of 1 to {Longest} characters, or not at all.")
            { Parameter = Header });
            return new(OperatorWord.NoName);
        }

        return new(who);
    }
}
