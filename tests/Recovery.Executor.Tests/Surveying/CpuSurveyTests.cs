using Recovery.Executor.DomainXml;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Surveying;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Surveying;

public class CpuSurveyTests
{
    private const string Missing = "the CPU is incompatible with host CPU: Host CPU does not provide required features: avx512f";

    // This host is an EPYC that can also be a qemu64.
    public static TheoryData<string, string?, bool?> Processors => new()
    {
        { "<cpu mode='custom' match='exact'><model fallback='forbid'>qemu64</model></cpu>", Missing, true }, // QEMU knows better than libvirt's list
        { "<cpu><model>qemu64</model><feature policy='disable' name='svm'/></cpu>", Missing, true },
        { "<cpu><model>qemu64</model><feature policy='require' name='avx512f'/></cpu>", Missing, false },
        { "<cpu><model>qemu64</model><feature name='avx512f'/></cpu>", Missing, false },
        { "<cpu><model>qemu64</model><feature policy='require' name='sse2'/></cpu>", "", true },
        { "<cpu><model>qemu64</model><feature policy='require' name='sse2'/></cpu>", null, null },
        { "<cpu><model>Skylake-Server</model></cpu>", Missing, false },
        { "<cpu><model>Skylake-Server</model></cpu>", null, false },
        { "<cpu mode='host-model'/>", Missing, true },
        { "<cpu mode='host-passthrough'/>", "", false },
        { "<cpu mode='maximum'/>", "", false },
        { "<cpu", "", null },
        { "<other/>", "", null },
        { "<!DOCTYPE cpu><cpu mode='host-model'/>", "", null },
    };

    [Theory]
    [MemberData(nameof(Processors))]
    public void A_processor_fits_or_the_answer_says_what_is_missing_or_nothing_is_said(string cpu, string? libvirtSays, bool? fits)
    {
        var answer = Decide(cpu, "Skylake", libvirtSays);
        Assert.Equal(fits, answer?.Fits);
        Assert.Equal(answer is null || answer.Fits, string.IsNullOrEmpty(answer?.Reason));
    }

    [Fact]
    public void What_the_names_refuse_is_told_in_libvirts_words_where_it_has_some()
    {
        Assert.Equal(Missing, Decide("<cpu><model>Skylake-Server</model></cpu>", "", Missing)!.Reason);
        Assert.Contains("'Skylake-Server'", Decide("<cpu><model>Skylake-Server</model></cpu>", "", null)!.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<cpu mode='host-passthrough'/>")]
    [InlineData("<cpu mode='maximum'/>")]
    public void The_hosts_own_processor_fits_where_it_is_the_same(string cpu)
    {
        Assert.True(Decide(cpu, "EPYC", null)!.Fits);
        Assert.Contains("Choose a host of the same processor", Decide(cpu, "", null)!.Reason, StringComparison.Ordinal);
    }

    private static CpuAnswer? Decide(string cpu, string source, string? libvirtSays) => CpuSurvey.Decide(
        new CpuQuestion { Id = "q", CpuXml = cpu },
        new TargetProfile
        {
            Host = "node1",
            ListenAddress = "",
            Architecture = "x86_64",
            Emulators = [],
            Storages = [],
            CpuModels = ["EPYC", "qemu64"],
            HostCpuModel = "EPYC",
            SourceHostCpuModel = source.Length > 0 ? source : null,
        },
        ["EPYC", "qemu64"],
        () => libvirtSays is null ? null : new CpuComparison(libvirtSays.Length == 0, libvirtSays));
}
