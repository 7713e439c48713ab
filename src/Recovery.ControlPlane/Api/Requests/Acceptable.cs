using Microsoft.Net.Http.Headers;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Which of the offered representations a client likes best (RFC 9110 §12.5.1).</summary>
internal static class Acceptable
{
    public const string Json = "application/json";
    public const string Text = "text/plain";
    public const string ServerSentEvents = "text/event-stream";
    public const string Ndjson = "application/x-ndjson";

    public static bool WantsText(this HttpRequest request) => request.Best(Json, Text) == Text;

    /// <summary>The first that is offered when the client has no preference, or none that can be met.</summary>
    public static string Best(this HttpRequest request, params string[] offered)
    {
        if (!MediaTypeHeaderValue.TryParseList(request.Headers.Accept, out var accepted))
        {
            return offered[0];
        }

        return offered
            .Select((type, order) => (type, order, quality: Quality(type, accepted)))
            .OrderByDescending(each => each.quality)
            .ThenBy(each => each.order)
            .First()
            .type;
    }

    // The most specific range that matches decides.
    private static double Quality(string type, IList<MediaTypeHeaderValue> accepted)
    {
        var offered = new MediaTypeHeaderValue(type);
        return accepted
            .Where(range => offered.IsSubsetOf(range))
            .OrderBy(range => range.MatchesAllTypes ? 2 : range.MatchesAllSubTypes ? 1 : 0)
            .Select(range => range.Quality ?? 1)
            .FirstOrDefault();
    }
}
