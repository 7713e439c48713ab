using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Recovery.Executor.Configuration;

/// <summary>The one port: gRPC over HTTP/2, in clear (h2c) or with certificates on both sides.</summary>
internal static class Port
{
    // A control plane that lost its power hangs up nothing; pings find out.
    private static readonly TimeSpan Ping = TimeSpan.FromSeconds(10);

    public static void Listen(KestrelServerOptions kestrel, ExecutorSettings settings)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.Http2.KeepAlivePingDelay = Ping;
        kestrel.Limits.Http2.KeepAlivePingTimeout = Ping;
        kestrel.Listen(settings.Listen, listener =>
        {
            listener.Protocols = HttpProtocols.Http2;
            if (settings.Tls is { } tls) RequireCertificates(listener, tls);
        });
    }

    private static void RequireCertificates(ListenOptions listener, TlsFiles files)
    {
        var certificate = X509Certificate2.CreateFromPemFile(files.Certificate, files.Key);
        var authorities = new X509Certificate2Collection();
        authorities.ImportFromPemFile(files.ClientCa);
        listener.UseHttps(https =>
        {
            https.ServerCertificate = certificate;
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = (client, _, _) => IsSignedBy(authorities, client);
        });
    }

    /// <summary>Only the configured CA counts, whatever the machine trusts otherwise.</summary>
    internal static bool IsSignedBy(X509Certificate2Collection authorities, X509Certificate2 client)
    {
        const string clientAuthentication = "1.3.6.1.5.5.7.3.2";
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new System.Security.Cryptography.Oid(clientAuthentication));
        return chain.Build(client);
    }
}
