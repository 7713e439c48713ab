using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Executors;
using Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

/// <summary>Mutual TLS with certificates made for the test.</summary>
public sealed class ExecutorTlsTests : IDisposable
{
    private readonly DirectoryInfo files = Directory.CreateTempSubdirectory("recovery-tls-");
    private readonly X509Certificate2 authority = Authority("Recovery CA");
    private readonly X509Certificate2 stranger = Authority("Another CA");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        authority.Dispose();
        stranger.Dispose();
        files.Delete(recursive: true);
    }

    [Fact]
    public async Task Given_certificates_of_one_authority_then_both_sides_accept_each_other() =>
        Assert.True(await TalksAsync(executorBy: authority, Options(controlPlaneBy: authority)));

    [Fact]
    public async Task Given_an_executor_whose_certificate_another_authority_signed_then_no_step_is_sent() =>
        Assert.False(await TalksAsync(executorBy: stranger, Options(controlPlaneBy: authority)));

    [Fact]
    public async Task Given_a_control_plane_without_certificate_then_an_executor_that_wants_one_does_not_answer() =>
        Assert.False(await TalksAsync(executorBy: authority, Options(controlPlaneBy: authority) with { CertificateFile = "" }));

    [Fact]
    public void Given_a_file_that_is_not_there_then_the_error_names_the_address_and_what_to_correct_and_it_is_tried_afresh()
    {
        var options = Options(controlPlaneBy: authority);
        var key = File.ReadAllText(options.KeyFile);
        File.Delete(options.KeyFile);
        using var channels = new ExecutorChannels(new RecoveryOptions { Executors = options });

        var failure = Assert.Throws<ExecutorUnreachableException>(() => channels.To("https://127.0.0.1:1"));
        Assert.Contains("Recovery:Executors", failure.Message, StringComparison.Ordinal);

        File.WriteAllText(options.KeyFile, key);
        Assert.NotNull(channels.To("https://127.0.0.1:1"));
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }

    private static X509Certificate2 Signed(X509Certificate2 by, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var certificate = request.Create(
            by, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddHours(1), RandomNumberGenerator.GetBytes(8));
        return certificate.CopyWithPrivateKey(key);
    }

    private async Task<bool> TalksAsync(X509Certificate2 executorBy, ExecutorOptions options)
    {
        using var own = Signed(executorBy, "executor");
        await using var executor = await LoopbackExecutor.StartAsync(tls: https =>
        {
            https.ServerCertificate = own;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (certificate, _, _) => certificate.Issuer == authority.Subject;
        });
        using var channels = new ExecutorChannels(new RecoveryOptions { Executors = options });
        var client = new Executor.ExecutorClient(channels.To(executor.Address));
        using var call = client.Run(new StepCommand(), deadline: DateTime.UtcNow.AddSeconds(10), cancellationToken: Cancel);
        try
        {
            return await call.ResponseStream.MoveNext(Cancel);
        }
        catch (Grpc.Core.RpcException failure) when (failure.StatusCode is Grpc.Core.StatusCode.Unavailable or Grpc.Core.StatusCode.Internal)
        {
            Assert.Empty(executor.Does.Commands);
            return false;
        }
    }

    private ExecutorOptions Options(X509Certificate2 controlPlaneBy)
    {
        using var certificate = Signed(controlPlaneBy, "control-plane");
        using var key = certificate.GetECDsaPrivateKey()!;
        return new ExecutorOptions
        {
            CertificateFile = Write("control-plane.crt", certificate.ExportCertificatePem()),
            KeyFile = Write("control-plane.key", key.ExportPkcs8PrivateKeyPem()),
            AuthorityFile = Write("authority.crt", authority.ExportCertificatePem()),
        };
    }

    private string Write(string name, string content)
    {
        var file = Path.Combine(files.FullName, name);
        File.WriteAllText(file, content);
        return file;
    }
}
