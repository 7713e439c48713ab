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
        return
        [
            .. questions.Select(question => Decide(
                question,
                Target(host, question),
                models[question.DomainType],
                () => CpuComparison.Ask(connection, question.CpuXml, question.Architecture, question.MachineType, question.DomainType)))
                .OfType<CpuAnswer>(),
        ];
    }

    /// <param name="question">What is asked.</param>
    /// <param name="target">This host, as the rewriting would see it.</param>
    /// <param name="usable">Named models that a guest of this kind of virtualization can be given here.</param>
    /// <param name="compare">Asks libvirt; null when it can't tell.</param>
    /// <returns>Null when it can't be told.</returns>
    internal static CpuAnswer? Decide(CpuQuestion question, TargetProfile target, IReadOnlyList<string> usable, Func<CpuComparison?> compare)
    {
        if (Element(question.CpuXml) is not { } cpu) return null;
        var refusal = CpuDecision.Of(cpu, target).Refusal;
        var isNamed = cpu.Attribute("mode")?.Value is null or "custom";
        if (refusal is null && (!isNamed || IsPlainly(cpu, usable))) return new CpuAnswer { Id = question.Id, Fits = true };

        // Of what the rewriting refuses libvirt is asked too: its reason names the features that are missing.
        return (refusal, isNamed ? compare() : null) switch
        {
            (_, { Fits: false } lacking) => new CpuAnswer { Id = question.Id, Reason = lacking.Reason },
            ({ } reason, _) => new CpuAnswer { Id = question.Id, Reason = reason },
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
