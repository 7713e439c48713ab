using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Executors;

/// <summary>Mutual TLS towards executors. Addresses with <c>http</c> make no use of it.</summary>
internal static class ExecutorTls
{
    public static SslClientAuthenticationOptions Options(ExecutorOptions files)
    {
        var options = new SslClientAuthenticationOptions();
        if (files.CertificateFile.Length > 0)
        {
            options.ClientCertificates = [X509Certificate2.CreateFromPemFile(files.CertificateFile, files.KeyFile)];
        }

        if (files.AuthorityFile.Length > 0)
        {
            // Only this authority: a certificate that some public authority signed does not make an executor.
            var policy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
            };
            policy.CustomTrustStore.ImportFromPemFile(files.AuthorityFile);
            options.CertificateChainPolicy = policy;
        }

        return options;
    }
}
