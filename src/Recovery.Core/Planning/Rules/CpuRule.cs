using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>libvirt's CPU comparison did not say that the host's processor lacks something.</summary>
internal sealed class CpuRule : IHostRule
{
    public IEnumerable<Need> NeedsOf(Instance instance)
    {
        if (instance.Requirements.Cpu.Length > 0)
        {
            yield return new(RejectionKind.CpuIncompatible, instance.Requirements.Cpu);
        }
    }

    public Func<Host, bool> MetBy(Need need) => host => !host.Abilities.Cpus.TryGetValue(need.Value, out var fit) || fit.Fits;

    public string Sentence(Need need, Instance instance, Host host) =>
        $"{host.Name}'s processor is not enough for it{(host.Abilities.Cpus[need.Value].Reason is { Length: > 0 } reason ? $": {reason}" : "")}";
}
