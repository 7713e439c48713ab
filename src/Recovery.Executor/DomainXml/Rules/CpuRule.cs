using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>
/// The guest's processor. A custom model is the same everywhere or is refused; host-passthrough shows the guest the
/// host itself, so only a host of the same model counts; host-model is expanded anew by libvirt at each start.
/// </summary>
internal static class CpuRule
{
    public static void Apply(Rewriting rewriting)
    {
        var target = rewriting.Target;
        var sameHost = target.HostCpuModel is { Length: > 0 } model && model == target.SourceHostCpuModel;
        var cpu = rewriting.Domain.Element("cpu");
        switch (cpu.Get("mode"))
        {
            case "host-passthrough" or "maximum" when !sameHost:
                rewriting.Refuse($"cpu: {Sentence.Quote(cpu.Get("mode"))} shows the guest the host's own processor, and it isn't known that {target.Host} ({Model(target.HostCpuModel)}) has the same as the source ({Model(target.SourceHostCpuModel)}). Choose a host of the same processor, or give the guest a named CPU model.");
                break;
            case "host-model" when !sameHost:
                rewriting.Change($"cpu: 'host-model' stays; libvirt expands it anew for {target.Host} at the start, so the guest may see other CPU features than before.");
                break;
            case null or "custom" when cpu?.Element("model").Text()?.Trim() is { } name && target.CpuModels.Count > 0 && !target.CpuModels.Contains(name):
                rewriting.Refuse($"cpu: {target.Host} can't give the model {Sentence.Quote(name)} to a guest. Choose a host that can, or give the guest a CPU model that all hosts have.");
                break;
        }
    }

    private static string Model(string? name) => name is null ? "unknown" : Sentence.Quote(name);
}
