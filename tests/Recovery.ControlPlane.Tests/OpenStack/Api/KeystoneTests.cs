using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Recovery.ControlPlane.Inventory.OpenStack.Api;

namespace Recovery.ControlPlane.Tests.OpenStack.Api;

/// <summary>How the APIs are come at: tokens, the catalogue, TLS.</summary>
public sealed class KeystoneTests : IAsyncLifetime
{
    private ReplayedCloud cloud = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        cloud = await ReplayedCloud.StartAsync();
        cloud.Answer = _ => "services";
    }

    public ValueTask DisposeAsync() => cloud.DisposeAsync();

    [Fact]
    public async Task Given_a_password_when_nova_is_asked_twice_then_one_token_serves_for_both()
    {
        using var apis = cloud.Apis();

        await apis.Compute.ServicesAsync(Cancel);
        await apis.Compute.ServicesAsync(Cancel);

        Assert.Equal(1, cloud.TokensIssued);
        var auth = cloud.Asked.First().Body!["auth"]!;
        Assert.Equal(ReplayedCloud.Password, (string?)auth["identity"]!["password"]!["user"]!["password"]);
        Assert.Equal("Default", (string?)auth["identity"]!["password"]!["user"]!["domain"]!["name"]);
        Assert.Equal("service", (string?)auth["scope"]!["project"]!["name"]);
        Assert.Equal("compute 2.53", cloud.Asked.Last().Headers["OpenStack-API-Version"]);
    }

    [Fact]
    public async Task Given_an_application_credential_then_neither_user_nor_project_is_named()
    {
        using var apis = cloud.Apis(options: cloud.Options with
        {
            ApplicationCredentialId = "credential",
            ApplicationCredentialSecretFile = cloud.Write("secret", "the-secret"),
        });

        await apis.Compute.ServicesAsync(Cancel);

        var auth = cloud.Asked.First().Body!["auth"]!;
        Assert.Equal("credential", (string?)auth["identity"]!["application_credential"]!["id"]);
        Assert.Equal("the-secret", (string?)auth["identity"]!["application_credential"]!["secret"]);
        Assert.Null(auth["scope"]);
    }

    [Fact]
    public async Task Given_a_token_near_its_end_then_a_new_one_is_asked_for_in_time()
    {
        var time = new HastyTime();
        using var apis = cloud.Apis(time);
        await apis.Compute.ServicesAsync(Cancel);

        time.Pass(TimeSpan.FromMinutes(57));
        await apis.Compute.ServicesAsync(Cancel);
        Assert.Equal(1, cloud.TokensIssued);

        time.Pass(TimeSpan.FromMinutes(2));
        await apis.Compute.ServicesAsync(Cancel);
        Assert.Equal(2, cloud.TokensIssued);
    }

    [Fact]
    public async Task Given_a_token_that_was_revoked_when_nova_answers_401_then_a_new_one_is_tried_once()
    {
        cloud.Accepted = "token-2";
        using var apis = cloud.Apis();

        Assert.Equal(3, (await apis.Compute.ServicesAsync(Cancel)).Count);
        Assert.Equal(2, cloud.TokensIssued);

        cloud.Accepted = "no token at all";
        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.ServicesAsync(Cancel));
        Assert.Equal(3, cloud.TokensIssued);
        Assert.False(failure.RetryCanHelp);
        Assert.DoesNotContain("token-", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_wrong_password_then_the_sentence_names_the_user_and_the_file_and_not_the_password()
    {
        cloud.TokenAnswer = "token-wrong-password";
        using var apis = cloud.Apis();

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.ServicesAsync(Cancel));

        Assert.Equal(HttpStatusCode.Unauthorized, failure.Status);
        Assert.False(failure.RetryCanHelp);
        Assert.Contains("does not accept the user recovery", failure.Message, StringComparison.Ordinal);
        Assert.Contains(cloud.Options.PasswordFile, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(ReplayedCloud.Password, failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_corrected_password_file_then_nothing_has_to_be_restarted()
    {
        var options = cloud.Options;
        File.Delete(options.PasswordFile);
        using var apis = cloud.Apis(options: options);
        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.ServicesAsync(Cancel));
        Assert.Contains("Recovery:OpenStack:PasswordFile", failure.Message, StringComparison.Ordinal);

        File.WriteAllText(options.PasswordFile, ReplayedCloud.Password);

        Assert.NotEmpty(await apis.Compute.ServicesAsync(Cancel));
    }

    [Fact]
    public async Task Given_a_catalogue_without_neutron_then_that_is_said_and_the_others_work()
    {
        cloud.Catalogue = text => text.Replace("\"type\":\"network\"", "\"type\":\"something\"", StringComparison.Ordinal);
        using var apis = cloud.Apis();

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Network.PortAsync(Guid.Parse(ReplayedCloud.Port), Cancel));

        Assert.Contains("no internal endpoint of Neutron (type network) in region RegionOne", failure.Message, StringComparison.Ordinal);
        Assert.Null(await apis.Compute.WhyNotAsync(Cancel));
    }

    [Fact]
    public async Task Given_another_region_then_its_endpoints_are_missed()
    {
        using var apis = cloud.Apis(options: cloud.Options with { Region = "RegionTwo" });

        Assert.Contains("region RegionTwo", await apis.Compute.WhyNotAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_nobody_listens_then_a_retry_can_help()
    {
        using var apis = cloud.Apis(options: cloud.Options with { IdentityUrl = "http://127.0.0.1:1/v3" });

        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => apis.Compute.ServicesAsync(Cancel));

        Assert.True(failure.RetryCanHelp);
        Assert.Contains("Keystone at http://127.0.0.1:1 can't be reached", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Given_a_bundle_then_only_who_it_signed_is_trusted()
    {
        using var signer = Certificate("Cloud CA");
        using var stranger = Certificate("Another CA");
        await using var secured = await ReplayedCloud.StartAsync(signer);
        secured.Answer = _ => "services";

        var trusting = secured.Options with { AuthorityFile = secured.Write("ca.pem", signer.ExportCertificatePem()) };
        using (var apis = secured.Apis(options: trusting))
        {
            Assert.Null(await apis.Compute.WhyNotAsync(Cancel));
        }

        var asked = secured.Asked.Count;
        var distrusting = secured.Options with { AuthorityFile = secured.Write("other.pem", stranger.ExportCertificatePem()) };
        using var refused = secured.Apis(options: distrusting);
        var failure = await Assert.ThrowsAsync<OpenStackApiException>(() => refused.Compute.ServicesAsync(Cancel));

        Assert.False(failure.RetryCanHelp);
        Assert.Contains("is not trusted: no authority in", failure.Message, StringComparison.Ordinal);
        Assert.Equal(asked, secured.Asked.Count);
    }

    private static X509Certificate2 Certificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
