using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Up, not in maintenance, not quarantined.</summary>
internal sealed class StateRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host)
    {
        if (host.Liveness != HostLiveness.Up)
        {
            yield return new(host.Name, RejectionKind.NotUp, host.Liveness switch
            {
                HostLiveness.NeverSeen => $"{host.Name}'s executor was never heard",
                HostLiveness.LibvirtDown => $"{host.Name}'s libvirt does not answer",
                _ => $"{host.Name}'s executor is silent",
            });
        }

        if (host.Maintenance)
        {
            yield return new(host.Name, RejectionKind.InMaintenance, $"{host.Name} is in maintenance");
        }

        if (host.Quarantined)
        {
            yield return new(host.Name, RejectionKind.Quarantined, $"{host.Name} was recovered from and is not proven clean yet");
        }
    }
}
