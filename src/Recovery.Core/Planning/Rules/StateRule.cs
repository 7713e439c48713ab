using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>Up, not in maintenance, not quarantined.</summary>
internal sealed class StateRule : IHostRule
{
    private static readonly Need[] Needs =
        [new(RejectionKind.NotUp, ""), new(RejectionKind.InMaintenance, ""), new(RejectionKind.Quarantined, "")];

    public IEnumerable<Need> NeedsOf(Instance instance) => Needs;

    public Func<Host, bool> MetBy(Need need) => need.Kind switch
    {
        RejectionKind.NotUp => host => host.Liveness == HostLiveness.Up,
        RejectionKind.InMaintenance => host => !host.Maintenance,
        _ => host => !host.Quarantined,
    };

    public string Sentence(Need need, Instance instance, Host host) => (need.Kind, host.Liveness) switch
    {
        (RejectionKind.NotUp, HostLiveness.NeverSeen) => $"{host.Name}'s executor was never heard",
        (RejectionKind.NotUp, HostLiveness.LibvirtDown) => $"{host.Name}'s libvirt does not answer",
        (RejectionKind.NotUp, _) => $"{host.Name}'s executor is silent",
        (RejectionKind.InMaintenance, _) => $"{host.Name} is in maintenance",
        _ => $"{host.Name} was recovered from and is not proven clean yet",
    };
}
