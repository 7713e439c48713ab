using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Recovery.Executor.Tests;

/// <summary>A certificate authority for one test.</summary>
internal sealed class CertificateAuthority
{
    private readonly TemporaryDirectory directory;
    private readonly X509Certificate2 certificate;

    public CertificateAuthority(TemporaryDirectory directory, string name)
    {
        this.directory = directory;
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        Path = directory[$"{name}.pem"];
        File.WriteAllText(Path, certificate.ExportCertificatePem());
    }

    public string Path { get; }

    public (string Certificate, string Key) Issue(string name)
    {
        using var issued = Sign(name, "1.3.6.1.5.5.7.3.1");
        File.WriteAllText(directory[$"{name}.crt"], issued.ExportCertificatePem());
        File.WriteAllText(directory[$"{name}.key"], issued.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return (directory[$"{name}.crt"], directory[$"{name}.key"]);
    }

    public X509Certificate2 Client(string name) => Sign(name, "1.3.6.1.5.5.7.3.2");

    private X509Certificate2 Sign(string name, string usage)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var signed = request.Create(certificate, certificate.NotBefore, certificate.NotAfter, RandomNumberGenerator.GetBytes(8));
        return signed.CopyWithPrivateKey(key);
    }
}
