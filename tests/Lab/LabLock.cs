using System.Net.Sockets;

namespace Recovery.Labs;

/// <summary>
/// One at a time changes a lab as a whole, also among processes. An abstract Unix socket: its name can be taken once,
/// is given back by the kernel whatever becomes of the holder, and leaves no file behind.
/// </summary>
internal static class LabLock
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static async Task<IDisposable> AcquireAsync(string lab, CancellationToken cancellationToken)
    {
        var until = TimeProvider.System.GetTimestamp() + (long)(Patience.TotalSeconds * TimeProvider.System.TimestampFrequency);
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                socket.Bind(new UnixDomainSocketEndPoint($"\0recovery-lab/{lab}"));
                return socket;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse)
            {
                socket.Dispose();
                if (TimeProvider.System.GetTimestamp() > until)
                    throw new LabException($"Another process has been changing lab \"{lab}\" for {Patience.TotalSeconds:0} s; wait for it or end it.", taken);
            }

            await Task.Delay(20, cancellationToken);
        }
    }
}
