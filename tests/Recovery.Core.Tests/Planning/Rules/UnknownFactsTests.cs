using Recovery.Core.Inventory;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

/// <summary>What a host never told is no reason against it: its executor refuses a definition before anything is started.</summary>
public class UnknownFactsTests
{
    public static TheoryData<string> Names => [.. Asked.Select(each => each.What)];

    private static readonly IReadOnlyList<(string What, Question Question)> Asked =
    [
        ("architecture, kind of virtualization and machine type", Question.Plain.Asking(new() { Architecture = "aarch64", DomainType = "kvm", MachineType = "virt" })),
        ("a processor that was not compared yet", Question.Plain.Asking(new() { Cpu = "Skylake" })),
        ("a processor when only another one was compared", Question.Plain.Asking(new() { Cpu = "Skylake" })
            .Offering(new() { Cpus = new Dictionary<string, CpuFit> { ["EPYC"] = new(false) } })),
        ("firmware that nobody looked for", Question.Plain.Asking(new() { Firmware = ["/usr/share/OVMF/CODE.fd"] })),
        ("bridges and networks", Question.Plain.Asking(new() { Bridges = ["br0"], Networks = ["lan"] })),
        ("huge pages", Question.Plain.Asking(new() { PageSizeKib = 2048 })),
        ("NUMA cells", Question.Plain.Asking(new() { NumaNodes = [new(1024, 2)] })),
        ("a volume's backend that was not tried yet", Question.Plain.For(instance => instance with
        {
            Disks = [new Disk { Target = "vdb", Iscsi = new IscsiLun("10.0.0.5", 3260, "iqn.2004-10.com.example:a", 1) }],
        })),
    ];

    [Theory]
    [MemberData(nameof(Names))]
    public void What_nobody_told_is_no_rejection(string what)
    {
        var plan = Asked.Single(each => each.What == what).Question.Answer();

        Assert.Equal("node2", Assert.Single(plan.Moves).Target);
    }

    [Fact]
    public void Known_to_be_none_is_not_unknown()
    {
        var plan = Question.Plain.Asking(new() { PageSizeKib = 2048 }).Offering(new() { NumaCells = [] }).Answer();

        Assert.Equal("needs 512 huge pages of 2048 KiB, node2 has 0 free", Assert.Single(plan.Unplaced.Single().Rejections, each => each.Host == "node2").Sentence);
    }
}
