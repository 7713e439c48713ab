using System.Globalization;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Host = Recovery.Core.Inventory.Host;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>
/// Whether guests may be taken from a host as it is, or started on it again. For the first silence is necessary, unless
/// somebody says that the host is beyond use, and never sufficient: the fence proof comes later. For the second it has to
/// be up.
/// </summary>
internal static class AcceptanceLiveness
{
    private const string BeyondUse =
        "ask for it with \"options\":{\"evenIfAlive\":true}, which has its own executor end its guests first, or a fence agent switch it off";

    public static void Check(
        Host host, bool evenIfAlive, string pointer, AcceptanceSight sight, List<Fault> faults, bool resumes = false)
    {
        if ((resumes ? RefusalToResume(host) : Refusal(host, evenIfAlive, sight)) is { } refusal)
        {
            faults.Add(refusal with { Pointer = pointer });
        }
    }

    public static Fault? Refusal(Host host, bool evenIfAlive, AcceptanceSight sight) => host.Liveness switch
    {
        HostLiveness.Up or HostLiveness.LibvirtDown when evenIfAlive => null,
        HostLiveness.Up => Alive(host.Name, sight,
            $"Evacuating a living host would run its guests twice. To empty it for maintenance, ask for a drain: {{\"kind\":\"drain\",\"hosts\":[\"{host.Name}\"]}}. This release does not carry drains out yet, so migrate its guests by hand: virsh migrate --live --persistent --undefinesource GUEST qemu+ssh://TARGET/system. If {host.Name} is alive but broken, {BeyondUse}. Or switch it off yourself"),
        HostLiveness.LibvirtDown => Alive(host.Name, sight,
            $"Its libvirt does not answer, and its guests may well be running all the same. Restart libvirtd there; guests survive that. If {host.Name} is beyond that, {BeyondUse}. Or switch it off yourself"),
        // A cloud's databases say what belonged to it all the same; it has to be proven off like any other.
        HostLiveness.NeverSeen when sight.Cloud is null => new(FaultCodes.HostNeverSeen,
            $"No executor was ever seen on {host.Name}, so nothing is known of its guests and there is nothing to bring up elsewhere. Start recovery-executor there, or check the executor's address with GET /v1/hosts/{host.Name}."),
        // Whoever never had an executor is not silent for that.
        HostLiveness.NeverSeen when !evenIfAlive && host.SeenByOthersAt is { } seen && sight.Cluster.At - seen < sight.Cloud.ServiceDownAfter =>
            new(FaultCodes.HostAlive,
                $"No executor was ever seen on {host.Name}, and Nova heard its nova-compute {Seconds(sight.Cluster.At - seen)} ago: it is alive, or was until then. If it is dead, send the request again when Nova has not heard it for {Seconds(sight.Cloud.ServiceDownAfter)}. If it is alive but broken, {BeyondUse}."),
        HostLiveness.Silent or HostLiveness.NeverSeen when sight.TooEarlyToTell.TryGetValue(host.Name, out var wait) => new(FaultCodes.LivenessUnknown,
            $"This control plane has listened for heartbeats for a few seconds only and has not heard {host.Name} yet: it can't tell a dead host from one that it has not reached. Send the request again in {Seconds(wait)}."),
        _ => null,
    };

    /// <summary>Why guests can't be started there again.</summary>
    public static Fault? RefusalToResume(Host host) => host.Liveness switch
    {
        HostLiveness.Silent => new(FaultCodes.HostNotUp,
            $"{host.Name} is silent: nothing can be started there. Switch it on, start recovery-executor there and send the request again when GET /v1/hosts/{host.Name} says up. If it is dead, evacuate it: {{\"kind\":\"evacuate\",\"hosts\":[\"{host.Name}\"]}}."),
        HostLiveness.LibvirtDown => new(FaultCodes.HostNotUp,
            $"The libvirt of {host.Name} does not answer, so nothing can be started there. Start libvirtd there and send the request again."),
        HostLiveness.NeverSeen => new(FaultCodes.HostNeverSeen,
            $"No executor was ever seen on {host.Name}, so nothing is known of its guests. Start recovery-executor there, or check the executor's address with GET /v1/hosts/{host.Name}."),
        _ => null,
    };

    /// <summary>What to know of a host that lives, or may well do so, and is taken from all the same; null when there is nothing.</summary>
    public static PlanWarning? Warning(Host host, bool evenIfAlive, AcceptanceSight sight) => host.Liveness switch
    {
        HostLiveness.Up or HostLiveness.LibvirtDown when evenIfAlive => new("source-alive",
            $"{host.Name} is alive, and it is asked for all the same (evenIfAlive): its guests that run now will be ended there before they are started elsewhere, by its own executor, or by a fence agent that switches {host.Name} off with all that is on it.")
        { Host = host.Name },
        HostLiveness.NeverSeen when sight.Cloud is not null => new("source-never-seen",
            $"No executor was ever seen on {host.Name}, so that it is silent says nothing of whether it lives. A fence agent would switch it off with all that is on it, or somebody has to attest that it is off.")
        { Host = host.Name },
        _ => null,
    };

    private static Fault Alive(string host, AcceptanceSight sight, string advice)
    {
        var heartbeat = sight.LastHeard.TryGetValue(host, out var at)
            ? $"its last heartbeat is {Seconds(sight.Cluster.At - at)} old"
            : "its heartbeat is fresh";
        return new(FaultCodes.HostAlive,
            $"{host} is alive: {heartbeat}. {advice}, and send this request again when it has been silent for {Seconds(LivenessBoard.SilentAfter)}.");
    }

    private static string Seconds(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, time.TotalSeconds):0.#} s");
}
