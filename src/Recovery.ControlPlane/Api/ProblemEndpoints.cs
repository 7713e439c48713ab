using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/problems</c>: what the types of problem documents point to.</summary>
internal static class ProblemEndpoints
{
    public static void MapProblems(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/problems", () => PlainText.Of(string.Concat(FaultCodes.All.Values
            .OrderBy(code => code.Name, StringComparer.Ordinal)
            .Select(Line)))).ExcludeFromDescription();
        routes.MapGet("/problems/{code}", (string code) => FaultCodes.All.TryGetValue(code, out var known)
            ? PlainText.Of(Line(known))
            : Problems.From(new Fault(FaultCodes.NoSuchResource, $"There is no problem {Requests.Shown.Text(code)}. GET /problems lists them.")
            { Parameter = "code" })).ExcludeFromDescription();
    }

    private static string Line(FaultCode code) => $"{code.Name} ({Problems.Status(code.Class)}): {code.Title}.\n";
}
