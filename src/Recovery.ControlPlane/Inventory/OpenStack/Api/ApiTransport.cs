using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>What an API answered.</summary>
/// <param name="Body">Null when there is none, or none in JSON.</param>
internal sealed record ApiAnswer(HttpStatusCode Status, JsonNode? Body, string? SubjectToken)
{
    public bool Succeeded => (int)Status is >= 200 and < 300;
}

/// <summary>Sends one request and reads its answer. What does not come to an answer is said in a sentence.</summary>
internal sealed class ApiTransport(OpenStackOptions options, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Lock opening = new();
    private HttpClient? http;

    /// <param name="name">Of the API, for the sentence: <c>Cinder</c>.</param>
    /// <exception cref="OpenStackApiException">There was no answer.</exception>
    public async Task<ApiAnswer> SendAsync(
        string name, HttpMethod method, Uri address, JsonNode? body, IReadOnlyDictionary<string, string> headers, TimeSpan? patience,
        CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.ParseAdd("application/json");
        foreach (var (header, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(header, value);
        }

        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        var limit = patience ?? Patience;
        using var late = new CancellationTokenSource(limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var at = address.GetLeftPart(UriPartial.Authority);
        try
        {
            using var response = await Client().SendAsync(request, both.Token);
            var text = await response.Content.ReadAsStringAsync(both.Token);
            var subject = response.Headers.TryGetValues("X-Subject-Token", out var values) ? values.FirstOrDefault() : null;
            return new ApiAnswer(response.StatusCode, Parse(text), subject);
        }
        catch (OperationCanceledException failure) when (!cancellationToken.IsCancellationRequested)
        {
            throw new OpenStackApiException(
                $"{name} at {at} did not answer within {limit.TotalSeconds:0} s; see whether it works, and its log.",
                null, retryCanHelp: true, failure)
            { Unanswered = true };
        }
        catch (HttpRequestException failure) when (failure.InnerException is AuthenticationException)
        {
            throw new OpenStackApiException(NotTrusted(name, at), null, retryCanHelp: false, failure);
        }
        catch (HttpRequestException failure)
        {
            throw new OpenStackApiException(
                $"{name} at {at} can't be reached ({failure.Message}); see whether it runs, and the network to it.",
                null, retryCanHelp: true, failure)
            { Unanswered = true };
        }
        catch (IOException failure)
        {
            throw new OpenStackApiException(
                $"{name} at {at} broke its answer off; see whether it works, and its log.", null, retryCanHelp: true, failure)
            { Unanswered = true };
        }
    }

    public void Dispose() => http?.Dispose();

    private string NotTrusted(string name, string at) => options.AuthorityFile.Length > 0
        ? $"The certificate of {name} at {at} is not trusted: no authority in {options.AuthorityFile} (Recovery:OpenStack:AuthorityFile) "
            + "signed it, or it is out of date or for another name. Put the right authority there, or correct the certificate."
        : $"The certificate of {name} at {at} is not trusted by this system: set Recovery:OpenStack:AuthorityFile to the authority that "
            + "signed it, or correct the certificate.";

    // A proxy's page of HTML, for instance, is no answer of the API; its status says enough.
    private static JsonNode? Parse(string text)
    {
        try
        {
            return string.IsNullOrWhiteSpace(text) ? null : JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private HttpClient Client()
    {
        lock (opening)
        {
            return http ??= new HttpClient(Handler()) { Timeout = Timeout.InfiniteTimeSpan };
        }
    }

    private SocketsHttpHandler Handler()
    {
        var tls = new SslClientAuthenticationOptions();
        if (options.AuthorityFile.Length > 0)
        {
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            try
            {
                policy.CustomTrustStore.ImportFromPemFile(options.AuthorityFile);
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new OpenStackApiException(
                    $"The authority {options.AuthorityFile} (Recovery:OpenStack:AuthorityFile) can't be read as PEM; correct it.",
                    null, retryCanHelp: false, failure);
            }

            tls.CertificateChainPolicy = policy;
        }

        return new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            SslOptions = tls,
        };
    }
}
