using System.Xml.Linq;
using Recovery.Executor.Configuration;
using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Reading;
using Recovery.Executor.DomainXml.Rules;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Surveying;

/// <summary>
/// Whether this host's processor can be that of guests. What the rewriting would refuse does not fit; of a named model
/// with required features libvirt is asked, which knows what each model consists of.
/// </summary>
internal sealed class CpuSurvey(ExecutorSettings settings)
{
    /// <summary>Blocks. What can't be told is left out.</summary>
    /// <exception cref="LibvirtException">libvirt can't be asked.</exception>
    public IReadOnlyList<CpuAnswer> Answer(LibvirtConnection connection, IReadOnlyList<CpuQuestion> questions)
    {
        if (questions.Count == 0) return [];
        var host = HostCapabilities.Read(connection);
        var models = questions.Select(question => question.DomainType).Distinct(StringComparer.Ordinal)
            .ToDictionary(type => type, type => HostCapabilities.UsableCpuModels(connection, type), StringComparer.Ordinal);
        return [.. questions.Select(question => Answer(connection, host, models[question.DomainType], question)).OfType<CpuAnswer>()];
    }

    private CpuAnswer? Answer(LibvirtConnection connection, HostCapabilities host, IReadOnlyList<string> models, CpuQuestion question)
    {
        if (Element(question.CpuXml) is not { } cpu) return null;
        var decision = CpuDecision.Of(cpu, Target(host, question));
        if (decision.Refusal is null && (Mode(cpu) != "custom" || IsPlainly(cpu, models))) return new CpuAnswer { Id = question.Id, Fits = true };

        // Of what the rewriting refuses libvirt is asked too: its reason names the features that are missing.
        var compared = Mode(cpu) == "custom"
            ? CpuComparison.Ask(connection, question.CpuXml, question.Architecture, question.MachineType, question.DomainType)
            : null;
        return (decision.Refusal, compared) switch
        {
            (_, { Fits: false } lacking) => new CpuAnswer { Id = question.Id, Reason = lacking.Reason },
            ({ } refusal, _) => new CpuAnswer { Id = question.Id, Reason = refusal },
            (null, { Fits: true }) => new CpuAnswer { Id = question.Id, Fits = true },
            _ => null,
        };
    }

    private TargetProfile Target(HostCapabilities host, CpuQuestion question) => new()
    {
        Host = settings.Host,
        ListenAddress = "",
        Architecture = host.Architecture,
        Emulators = [],
        Storages = [],
        CpuModels = host.CpuModels,
        HostCpuModel = host.CpuModel.Length > 0 ? host.CpuModel : null,
        SourceHostCpuModel = question.SourceCpuModel.Length > 0 ? question.SourceCpuModel : null,
    };

    // QEMU itself says that it can be this model here. libvirt's comparison goes by its own list of what a model
    // consists of, and would refuse 'qemu64' on most hosts (libvirt's issue 608).
    private static bool IsPlainly(XElement cpu, IReadOnlyList<string> models) =>
        cpu.Element("model")?.Value.Trim() is { } model && models.Contains(model)
        && cpu.Elements("feature").All(feature => feature.Attribute("policy")?.Value is "disable" or "forbid" or "optional");

    private static string Mode(XElement cpu) => cpu.Attribute("mode")?.Value ?? "custom";

    private static XElement? Element(string text)
    {
        try
        {
            return CpuElement.Parse(text);
        }
        catch (DomainXmlException)
        {
            return null;
        }
    }
}
