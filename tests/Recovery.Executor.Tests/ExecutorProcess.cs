using System.Diagnostics;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Grpc.Net.Client;
using Recovery.Executor.Tests.Iscsi;

namespace Recovery.Executor.Tests;

/// <summary>The executor as a process of its own, spoken to as the control plane does.</summary>
internal sealed class ExecutorProcess : IDisposable
{
    private readonly Process process;
    private readonly int port;

    private ExecutorProcess(Process process, int port) => (this.process, this.port) = (process, port);

    public int Id => process.Id;

    public static async Task<ExecutorProcess> Start(string stateDirectory, string libvirtUri, params string[] more)
    {
        var port = Target.FreePort();
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "recovery-executor"))
        {
            // As systemd does.
            WorkingDirectory = "/",
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] settings = ["Host=node1", $"Listen=127.0.0.1:{port}", $"StateDirectory={stateDirectory}", $"RuntimeDirectory={stateDirectory}/run", $"LibvirtUri={libvirtUri}", .. more];
        foreach (var setting in settings) start.ArgumentList.Add($"--Executor:{setting}");
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var executor = new ExecutorProcess(process, port);
        try
        {
            await Tool.Until(() => process.HasExited || executor.Listens(), "the executor listens");
            return process.HasExited ? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync()) : executor;
        }
        catch
        {
            // Nobody else knows this process yet: a start that is given up must not leave it behind.
            executor.Dispose();
            throw;
        }
    }

    public GrpcChannel Channel() => GrpcChannel.ForAddress($"http://127.0.0.1:{port}");

    /// <summary>A channel with TLS, which trusts servers of this CA; null: no certificate of our own.</summary>
    public GrpcChannel SecureChannel(CertificateAuthority trusted, X509Certificate2? own)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509CertificateLoader.LoadCertificateFromFile(trusted.Path));
        var handler = new SocketsHttpHandler { SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } };
        if (own is not null) handler.SslOptions.ClientCertificates = [own];
        return GrpcChannel.ForAddress($"https://127.0.0.1:{port}", new GrpcChannelOptions { HttpHandler = handler, DisposeHttpClient = true });
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose() => Tool.End(process);

    private bool Listens()
    {
        using var client = new System.Net.Sockets.TcpClient();
        try
        {
            client.Connect("127.0.0.1", port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }
}
