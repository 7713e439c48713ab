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

    /// <summary>Knocks at the port: the kernel says why nobody opens, where libiscsi only says that nobody did.</summary>
    /// <exception cref="IscsiException">Refused, no route, or an unreachable network.</exception>
    public async Task Knock(CancellationToken cancellation)
    {
        var address = IPAddress.Parse(Host);
        using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(new IPEndPoint(address, Port), cancellation);
        }
        catch (SocketException closed)
        {
            throw new IscsiException(IscsiFault.PortalUnreachable,
                $"iSCSI portal {this} can't be reached ({closed.Message}); check the network between this host and the storage, "
                + "and that the target service runs", retryCanHelp: true);
        }
    }
}
