using System.Collections.Concurrent;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Inventory;

/// <summary>
/// When each host's executor was heard last, in memory: heartbeats come each second and are no matter for a database.
/// </summary>
public sealed class LivenessBoard(TimeProvider time)
{
    /// <summary>A host is silent when nothing was heard of it for this long: five heartbeats.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Pulse> pulses = new(StringComparer.Ordinal);

    public void Heard(string host, string libvirtError) =>
        pulses[host] = new Pulse(time.GetUtcNow(), libvirtError);

    /// <summary>When this process began to listen: before that, silence says nothing.</summary>
    public DateTimeOffset ListeningSince { get; init; } = time.GetUtcNow();

    /// <summary>How long this process has to listen yet before anybody's silence says anything; null: long enough.</summary>
    public TimeSpan? StillListening =>
        time.GetUtcNow() - ListeningSince is var listened && listened < SilentAfter ? SilentAfter - listened : null;

    /// <summary>
    /// How long to wait until a host that was not heard may be called silent; null when it may. Right after a start
    /// every host is silent, because none was dialled yet.
    /// </summary>
    public TimeSpan? TooEarlyToTell(string host) => pulses.ContainsKey(host) ? null : StillListening;

    public void Forget(string host) => pulses.TryRemove(host, out _);

    /// <summary>Null when it was not heard since this control plane started.</summary>
    public DateTimeOffset? LastHeard(string host) => pulses.TryGetValue(host, out var pulse) ? pulse.At : null;

    public HostLiveness Of(string host, bool everReported)
    {
        if (!pulses.TryGetValue(host, out var pulse) || time.GetUtcNow() - pulse.At > SilentAfter)
        {
            return everReported ? HostLiveness.Silent : HostLiveness.NeverSeen;
        }

        return pulse.LibvirtError.Length > 0 ? HostLiveness.LibvirtDown : HostLiveness.Up;
    }

    private sealed record Pulse(DateTimeOffset At, string LibvirtError);
}
