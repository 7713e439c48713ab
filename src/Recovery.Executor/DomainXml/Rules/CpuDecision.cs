using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// Whether a host can be a guest's processor, as far as names tell. A custom model is the same everywhere or is
/// refused; host-passthrough shows the guest the host itself, so only a host of the same model counts; host-model is
/// expanded anew by libvirt at each start. The rewriting and the survey both ask here, so that they never disagree.
/// </summary>
/// <param name="Refusal">Why it can't; null when it can.</param>
/// <param name="Change">What the guest may notice; null when nothing.</param>
internal sealed record CpuDecision(string? Refusal, string? Change)
{
    private static readonly CpuDecision Yes = new(null, null);

    /// <param name="cpu">The definition's cpu element; null when it has none.</param>
    /// <param name="target">Its name, its own model, the source's, and the models that it can give.</param>
    public static CpuDecision Of(XElement? cpu, TargetProfile target)
    {
        var sameHost = target.HostCpuModel is { Length: > 0 } model && model == target.SourceHostCpuModel;
        return cpu.Get("mode") switch
        {
            "host-passthrough" or "maximum" when !sameHost => new($"cpu: {Sentence.Quote(cpu.Get("mode"))} shows the guest the host's own processor, and it isn't known that {target.Host} ({Model(target.HostCpuModel)}) has the same as the source ({Model(target.SourceHostCpuModel)}). Choose a host of the same processor, or give the guest a named CPU model.", null),
            "host-model" when !sameHost => new(null, $"cpu: 'host-model' stays; libvirt expands it anew for {target.Host} at the start, so the guest may see other CPU features than before."),
            null or "custom" when cpu?.Element("model").Text()?.Trim() is { } name && target.CpuModels.Count > 0 && !target.CpuModels.Contains(name) =>
                new($"cpu: {target.Host} can't give the model {Sentence.Quote(name)} to a guest. Choose a host that can, or give the guest a CPU model that all hosts have.", null),
            _ => Yes,
        };
    }

    private static string Model(string? name) => name is null ? "unknown" : Sentence.Quote(name);
}
