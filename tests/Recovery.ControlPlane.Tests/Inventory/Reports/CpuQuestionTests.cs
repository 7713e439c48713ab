using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.Inventory.Reports;

public sealed class CpuQuestionTests
{
    private static readonly CpuQuestion Question = new("<cpu/>", "kvm", "x86_64", "q35", "EPYC");

    public static TheoryData<CpuQuestion> Others =>
    [
        Question with { CpuXml = "<cpu mode='host-model'/>" },
        Question with { DomainType = "qemu" },
        Question with { Architecture = "aarch64" },
        Question with { MachineType = "pc" },
        Question with { SourceCpuModel = "Skylake" },
    ];

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_question_has_another_id(CpuQuestion other) =>
        Assert.NotEqual(Question.Id, new CpuQuestion(other.CpuXml, other.DomainType, other.Architecture, other.MachineType, other.SourceCpuModel).Id);

    // Answers are kept under it over restarts and versions.
    [Fact]
    public void The_same_question_has_the_same_id_for_ever() => Assert.Equal("4c351310792f", Question.Id);

    [Fact]
    public void Guests_that_ask_for_the_same_processor_have_one_question_and_those_that_ask_for_none_have_none()
    {
        var cpus = new CpuQuestions(new Dictionary<string, string> { ["node1"] = "EPYC", ["node2"] = "Skylake" });
        var (one, two, elsewhere, none) = (Domain("node1", "<cpu/>"), Domain("node1", "<cpu/>"), Domain("node2", "<cpu/>"), Domain("node1", ""));
        Assert.Same(cpus.Of(one), cpus.Of(two));
        Assert.Equal("Skylake", cpus.Of(elsewhere)!.SourceCpuModel);
        Assert.Equal("", cpus.Of(Domain("unknown", "<cpu/>"))!.SourceCpuModel);
        Assert.Null(cpus.Of(none));
    }

    private static Persistence.Rows.DomainRow Domain(string host, string cpu)
    {
        var row = Some.Domain(host, Guid.NewGuid());
        (row.CpuXml, row.Requirements) = (cpu, new HostRequirements { DomainType = "kvm" });
        return row;
    }
}
