using System.Net;
using System.Net.Sockets;

namespace Recovery.Executor.Iscsi;

/// <summary>Where a target answers.</summary>
internal sealed record IscsiPortal(string Host, int Port)
{
    public override string ToString() => Host.Contains(':') ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>The portal by address: libiscsi would look a name up itself, blocking for as long as that takes.</summary>
    /// <exception cref="IscsiException">The name has no address.</exception>
    public async Task<IscsiPortal> Resolved(CancellationToken cancellation)
    {
        if (IPAddress.TryParse(Host, out _)) return this;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(Host, cancellation);
            return this with { Host = addresses[0].ToString() };
        }
        catch (SocketException unknown)
        {
            throw new IscsiException(IscsiFault.PortalUnreachable,
                $"the name of iSCSI portal {this} can't be resolved on this host ({unknown.Message}); check DNS or /etc/hosts",
                retryCanHelp: true);
        }
    }
}
