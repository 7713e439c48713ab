using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Inventory.OpenStack.Api;

/// <summary>A token, and what it opens. Not a record: a record would print it.</summary>
internal sealed class KeystoneToken(string value, DateTimeOffset expires, Catalogue catalogue)
{
    public string Value { get; } = value;

    public DateTimeOffset Expires { get; } = expires;

    public Catalogue Catalogue { get; } = catalogue;
}

/// <summary>
/// Gets tokens of Keystone (Identity v3), with a password or an application credential. A token is kept until shortly
/// before its end; the files of secrets are read at each new one.
/// </summary>
internal sealed class Keystone(OpenStackOptions options, ApiTransport transport, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan BeforeItsEnd = TimeSpan.FromMinutes(2);

    private readonly SemaphoreSlim turn = new(1);
    private KeystoneToken? kept;

    /// <param name="refused">A token that a service did not accept; it is not given again.</param>
    /// <exception cref="OpenStackApiException">There is none to be had.</exception>
    public async Task<KeystoneToken> TokenAsync(KeystoneToken? refused, CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (kept is null || ReferenceEquals(kept, refused) || time.GetUtcNow() >= kept.Expires - BeforeItsEnd)
            {
                kept = null;
                kept = await IssueAsync(cancellationToken);
            }

            return kept;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    private async Task<KeystoneToken> IssueAsync(CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate($"{options.IdentityUrl.TrimEnd('/')}/auth/tokens", UriKind.Absolute, out var address))
        {
            throw new OpenStackApiException(
                "Recovery:OpenStack:IdentityUrl is no address; set it to Keystone's, like https://keystone:5000/v3.", null, retryCanHelp: false);
        }

        var answer = await transport.SendAsync(
            "Keystone", HttpMethod.Post, address, await RequestAsync(cancellationToken), new Dictionary<string, string>(), null, cancellationToken);
        if (!answer.Succeeded)
        {
            throw Refusal(answer.Status, address);
        }

        var token = answer.Body?["token"];
        if (answer.SubjectToken is not { Length: > 0 } value
            || token?["catalog"] is not JsonArray services
            || !DateTimeOffset.TryParse(
                (string?)token["expires_at"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var expires))
        {
            throw new OpenStackApiException(
                $"{address} did not answer as Keystone does (a token with its catalogue); correct Recovery:OpenStack:IdentityUrl, or scope "
                + "the user to a project.",
                answer.Status, retryCanHelp: false);
        }

        return new KeystoneToken(value, expires, new Catalogue(services));
    }

    // Keystone's own words are left out: where it finds a fault with the request, they may quote it, password and all.
    private OpenStackApiException Refusal(HttpStatusCode status, Uri address) => status switch
    {
        HttpStatusCode.Unauthorized => new(
            options.ApplicationCredentialId.Length > 0
                ? $"Keystone at {address.Authority} does not accept the application credential {options.ApplicationCredentialId}: it is wrong, "
                    + $"expired or deleted; correct it, or its secret in {options.ApplicationCredentialSecretFile}."
                : $"Keystone at {address.Authority} does not accept the user {options.Username} (domain {options.UserDomain}) for the project "
                    + $"{options.Project} (domain {options.ProjectDomain}): correct these, the password in {options.PasswordFile}, or the "
                    + "user's roles in the project.",
            status, retryCanHelp: false),
        HttpStatusCode.NotFound => new(
            $"Nothing answers at {address}; Recovery:OpenStack:IdentityUrl should end with /v3.", status, retryCanHelp: false),
        _ => new(
            $"Keystone at {address.Authority} answered {(int)status} in place of a token; see its log.", status, (int)status >= 500 || (int)status is 408 or 429),
    };

    private async Task<JsonObject> RequestAsync(CancellationToken cancellationToken)
    {
        if (options.ApplicationCredentialId.Length > 0)
        {
            return new JsonObject
            {
                ["auth"] = new JsonObject
                {
                    ["identity"] = new JsonObject
                    {
                        ["methods"] = new JsonArray("application_credential"),
                        ["application_credential"] = new JsonObject
                        {
                            ["id"] = options.ApplicationCredentialId,
                            ["secret"] = await SecretAsync(
                                options.ApplicationCredentialSecretFile, nameof(options.ApplicationCredentialSecretFile), cancellationToken),
                        },
                    },
                },
            };
        }

        return new JsonObject
        {
            ["auth"] = new JsonObject
            {
                ["identity"] = new JsonObject
                {
                    ["methods"] = new JsonArray("password"),
                    ["password"] = new JsonObject
                    {
                        ["user"] = new JsonObject
                        {
                            ["name"] = options.Username,
                            ["domain"] = new JsonObject { ["name"] = options.UserDomain },
                            ["password"] = await SecretAsync(options.PasswordFile, nameof(options.PasswordFile), cancellationToken),
                        },
                    },
                },
                ["scope"] = new JsonObject
                {
                    ["project"] = new JsonObject
                    {
                        ["name"] = options.Project,
                        ["domain"] = new JsonObject { ["name"] = options.ProjectDomain },
                    },
                },
            },
        };
    }

    private static async Task<string> SecretAsync(string file, string option, CancellationToken cancellationToken)
    {
        try
        {
            return (await File.ReadAllTextAsync(file, cancellationToken)).TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new OpenStackApiException(
                $"The file that Recovery:OpenStack:{option} names ({(file.Length == 0 ? "none" : file)}) can't be read; set it, and make it "
                + "readable for the control plane.",
                null, retryCanHelp: false, failure);
        }
    }
}
