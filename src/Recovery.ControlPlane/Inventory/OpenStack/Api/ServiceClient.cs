using System.Net;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>One request to a service of the catalogue.</summary>
/// <param name="Path">Behind the endpoint: <c>/servers/…</c>.</param>
/// <param name="What">For the sentence, as a noun: <c>the start of server …</c>.</param>
internal sealed record ApiRequest(HttpMethod Method, string Path, string What)
{
    public JsonNode? Body { get; init; }

    /// <summary>With <c>X-Service-Token</c>: the user must have the role that the service asks of other services.</summary>
    public bool AsService { get; init; }

    /// <summary>Null: as long as is usual.</summary>
    public TimeSpan? Patience { get; init; }
}

/// <summary>Asks one service, with a token and the microversion; a token that it refuses is replaced once.</summary>
/// <param name="microversion">The header <c>OpenStack-API-Version</c>; empty where there is none.</param>
internal sealed class ServiceClient(
    ServiceKind kind, string microversion, OpenStackOptions options, Keystone keystone, ApiTransport transport)
{
    private const int LongestQuote = 300;

    public async Task<JsonNode?> SendAsync(ApiRequest request, CancellationToken cancellationToken)
    {
        var token = await keystone.TokenAsync(null, cancellationToken);
        var answer = await SendAsync(request, token, cancellationToken);
        if (answer.Status == HttpStatusCode.Unauthorized)
        {
            token = await keystone.TokenAsync(refused: token, cancellationToken);
            answer = await SendAsync(request, token, cancellationToken);
        }

        return answer.Succeeded ? answer.Body : throw Refusal(request, answer, token);
    }

    /// <summary>Null when it answers us; else the sentence that says why not.</summary>
    public async Task<string?> WhyNotAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(new ApiRequest(HttpMethod.Get, path, "a question that changes nothing"), cancellationToken);
            return null;
        }
        catch (OpenStackApiException failure)
        {
            return failure.Message;
        }
    }

    /// <summary>An answer that is not what the API's reference says.</summary>
    public OpenStackApiException Unexpected(string what) => new(
        $"{kind.Name} answered {what} in a shape that is not known; is something else at its endpoint?", null, retryCanHelp: false);

    private Task<ApiAnswer> SendAsync(ApiRequest request, KeystoneToken token, CancellationToken cancellationToken)
    {
        var headers = new Dictionary<string, string> { ["X-Auth-Token"] = token.Value };
        if (microversion.Length > 0)
        {
            headers["OpenStack-API-Version"] = microversion;
        }

        if (request.AsService)
        {
            headers["X-Service-Token"] = token.Value;
        }

        var endpoint = token.Catalogue.Endpoint(kind, options);
        return transport.SendAsync(
            kind.Name, request.Method, new Uri(endpoint.AbsoluteUri.TrimEnd('/') + request.Path), request.Body, headers, request.Patience,
            cancellationToken);
    }

    private OpenStackApiException Refusal(ApiRequest request, ApiAnswer answer, KeystoneToken token)
    {
        var status = (int)answer.Status;
        var hint = answer.Status switch
        {
            HttpStatusCode.Unauthorized when request.AsService =>
                "; it takes no token of this user for that of a service: give the user the role service in its project",
            HttpStatusCode.Unauthorized => "; it refused a new token too: see its settings for Keystone",
            HttpStatusCode.Forbidden => "; give the user the role that the service's policy asks for (admin, mostly)",
            HttpStatusCode.NotAcceptable => $"; it does not know the microversion {microversion}",
            _ when status >= 500 => "; see its log",
            _ => "",
        };
        return new OpenStackApiException(
            $"{kind.Name} refused {request.What} with {status}{Quote(answer.Body, token)}{hint}.",
            answer.Status,
            retryCanHelp: status >= 500 || status is 408 or 429);
    }

    // {"itemNotFound": {"code": 404, "message": …}}, {"NeutronError": {"message": …}}, {"error": {"message": …}}, …
    private static string Quote(JsonNode? body, KeystoneToken token)
    {
        var message = (body as JsonObject)?.Select(each => each.Value).OfType<JsonObject>()
            .Select(each => each["message"] is JsonValue value && value.TryGetValue(out string? text) ? text : null)
            .FirstOrDefault(text => !string.IsNullOrWhiteSpace(text));
        if (message is null)
        {
            return "";
        }

        message = message.Replace(token.Value, "(token)", StringComparison.Ordinal).ReplaceLineEndings(" ").Trim().TrimEnd('.');
        return $": {(message.Length > LongestQuote ? message[..LongestQuote] + "…" : message)}";
    }
}
