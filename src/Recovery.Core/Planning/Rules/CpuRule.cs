using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>libvirt's CPU comparison did not say that the host's processor lacks something.</summary>
internal sealed class CpuRule : IHostRule
{
    public IEnumerable<Rejection> Check(Instance instance, Host host)
    {
        if (instance.Requirements.Cpu.Length > 0
            && host.Abilities.Cpus.TryGetValue(instance.Requirements.Cpu, out var fit)
            && !fit.Fits)
        {
            yield return new(host.Name, RejectionKind.CpuIncompatible,
                $"{host.Name}'s processor is not enough for it{(fit.Reason.Length > 0 ? $": {fit.Reason}" : "")}");
        }
    }
}
