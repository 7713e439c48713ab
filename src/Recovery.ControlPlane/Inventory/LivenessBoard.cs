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

    /// <summary>
    /// A host that was up this long ago may well be up again in a moment: a libvirtd or an executor that was restarted, or
    /// died, takes some seconds.
    /// </summary>
    public static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, Pulse> pulses = new(StringComparer.Ordinal);

    public void Heard(string host, string libvirtError)
    {
        var now = time.GetUtcNow();
        pulses.AddOrUpdate(
            host,
            _ => new Pulse(now, libvirtError, libvirtError.Length == 0 ? now : null),
            (_, before) => new Pulse(now, libvirtError, libvirtError.Length == 0 ? now : before.UpAt));
    }

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

    /// <summary>Hosts that are not up, and were less than <see cref="BackWithin"/> ago.</summary>
    public IReadOnlyList<string> AwayForAMoment()
    {
        var upSince = time.GetUtcNow() - BackWithin;
        return [.. pulses.Where(each => each.Value.UpAt > upSince && Of(each.Key, everReported: true) != HostLiveness.Up)
            .Select(each => each.Key)
            .Order(StringComparer.Ordinal)];
    }

    /// <param name="At">When it was heard last.</param>
    /// <param name="LibvirtError">What it said of its libvirt then; empty: it answers.</param>
    /// <param name="UpAt">When it was last heard with a libvirt that answers.</param>
    private sealed record Pulse(DateTimeOffset At, string LibvirtError, DateTimeOffset? UpAt);
}
