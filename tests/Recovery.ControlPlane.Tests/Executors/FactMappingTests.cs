using Recovery.ControlPlane.Executors;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Tests.Executors;

public sealed class FactMappingTests
{
    private const string Other = "22222222-2222-4222-8222-222222222222";

    [Fact]
    public void Given_all_that_an_owner_can_say_when_it_is_read_then_nothing_is_lost()
    {
        var (policy, faults) = FactMapping.ToPolicy(new Proto.Policy
        {
            Priority = 90,
            OptOut = true,
            Class = "appliance",
            Zone = "north",
            Image = "9f0c",
            After = { Other, Other },
            Groups =
            {
                new Proto.PolicyGroup { Name = "a", Rule = "affinity", MaximumPerHost = 1 },
                new Proto.PolicyGroup { Name = "b", Rule = "anti-affinity", MaximumPerHost = 2 },
                new Proto.PolicyGroup { Name = "c", Rule = "soft-affinity" },
                new Proto.PolicyGroup { Name = "d", Rule = "soft-anti-affinity" },
            },
            Aggregates = { "fast" },
            RequiredTraits = { "ssd" },
            ForbiddenTraits = { "old" },
        });

        Assert.Empty(faults);
        Assert.Equal((90, true, "appliance", "north", "9f0c"), (policy.Priority, policy.OptOut, policy.Class, policy.Zone, policy.Image));
        Assert.Equal(Guid.Parse(Other), Assert.Single(policy.After));
        Assert.Equal(
            [
                new InstanceGroup("a", GroupRule.Affinity), new InstanceGroup("b", GroupRule.AntiAffinity, 2),
                new InstanceGroup("c", GroupRule.SoftAffinity), new InstanceGroup("d", GroupRule.SoftAntiAffinity),
            ],
            policy.Groups);
        Assert.Equal(("fast", "ssd", "old"), (policy.Aggregates[0], policy.RequiredTraits[0], policy.ForbiddenTraits[0]));
    }

    [Fact]
    public void Given_nothing_said_then_the_priority_is_the_ordinary_one_and_zero_said_is_zero()
    {
        Assert.Equal(InstancePolicy.OrdinaryPriority, FactMapping.ToPolicy(null).Policy.Priority);
        Assert.Equal(InstancePolicy.OrdinaryPriority, FactMapping.ToPolicy(new Proto.Policy()).Policy.Priority);
        Assert.Equal(0, FactMapping.ToPolicy(new Proto.Policy { Priority = 0 }).Policy.Priority);
    }

    [Fact]
    public void Given_what_only_another_version_of_the_executor_would_say_then_it_is_a_fault_beside_those_of_the_executor()
    {
        var (policy, faults) = FactMapping.ToPolicy(new Proto.Policy
        {
            Priority = 1000,
            After = { "web1" },
            Groups = { new Proto.PolicyGroup { Name = "db", Rule = "apart" } },
            Zone = "north",
            PolicyFaults = { "a slip" },
        });

        Assert.Equal(4, faults.Count);
        Assert.Equal("a slip", faults[0]);
        Assert.Equal((InstancePolicy.OrdinaryPriority, "north", 0, 0), (policy.Priority, policy.Zone, policy.After.Count, policy.Groups.Count));
    }

    [Fact]
    public void Given_a_gate_when_it_is_read_then_what_was_not_said_is_the_ordinary()
    {
        Assert.Equal(new ReadinessGate(ReadinessProbe.Agent, WithinSeconds: 60), Gate(new() { Agent = true, WithinSeconds = 60 }));
        Assert.Equal(new ReadinessGate(ReadinessProbe.Tcp, "10.0.0.5:22"), Gate(new() { Tcp = "10.0.0.5:22" }));
        Assert.Equal(new ReadinessGate(ReadinessProbe.Http, "http://10.0.0.5/"), Gate(new() { Http = "http://10.0.0.5/" }));
        Assert.Equal(new ReadinessGate(ReadinessProbe.Http, "http://10.0.0.5/", 204, 1), Gate(new() { Http = "http://10.0.0.5/", Status = 204, WithinSeconds = 1 }));

        static ReadinessGate? Gate(Proto.ReadinessGate said)
        {
            var (policy, faults) = FactMapping.ToPolicy(new Proto.Policy { Ready = said });
            Assert.Empty(faults);
            return policy.Ready;
        }
    }

    public static TheoryData<Proto.ReadinessGate, bool> SlipsInAGate => new()
    {
        { new Proto.ReadinessGate(), false },
        { new Proto.ReadinessGate { Agent = true, Tcp = "10.0.0.5:22" }, false },
        { new Proto.ReadinessGate { Tcp = "10.0.0.5" }, false },
        { new Proto.ReadinessGate { Http = "file:///etc/passwd" }, false },
        { new Proto.ReadinessGate { Http = "http://ada:secret@10.0.0.5/" }, false },
        { new Proto.ReadinessGate { Http = "http://10.0.0.5/", Status = 99 }, true },
        { new Proto.ReadinessGate { Agent = true, WithinSeconds = 4_000_000_000 }, true },
    };

    [Theory]
    [MemberData(nameof(SlipsInAGate))]
    public void Given_a_gate_that_can_not_be_asked_so_then_it_is_a_fault_and_what_is_left_counts(Proto.ReadinessGate said, bool counts)
    {
        var (policy, faults) = FactMapping.ToPolicy(new Proto.Policy { Ready = said });

        Assert.DoesNotContain("secret", Assert.Single(faults), StringComparison.Ordinal);
        Assert.Equal(counts, policy.Ready is { WithinSeconds: ReadinessGate.OrdinaryPatience, Status: 200 });
    }

    [Fact]
    public void Given_a_node_report_when_it_is_read_then_what_an_older_executor_does_not_tell_is_unknown()
    {
        var told = FactMapping.ToAbilities(new Proto.NodeReport
        {
            DomainTypes = { "kvm" },
            MachineTypes = { "q35" },
            NetworksKnown = true,
            NumaCells = { new Proto.NumaCell { Id = 1, MemoryMib = 1024, Vcpus = 2, FreePages = { new Proto.FreePages { SizeKib = 2048, Count = 3 } } } },
        });
        Assert.Equal((1, 1, 0, 0), (told.DomainTypes!.Count, told.MachineTypes!.Count, told.Bridges!.Count, told.Networks!.Count));
        var cell = Assert.Single(told.NumaCells!);
        Assert.Equal((1, 1024L, 2, 3L), (cell.Id, cell.MemoryMib, cell.Vcpus, cell.FreePages[2048]));

        var old = FactMapping.ToAbilities(new Proto.NodeReport { Bridges = { "br0" } });
        Assert.Equal((null, null, null, null), (old.DomainTypes, old.MachineTypes, old.Networks, old.NumaCells));
        Assert.Equal(["br0"], old.Bridges!);
    }

    [Fact]
    public void Given_requirements_when_they_are_read_then_nothing_is_lost()
    {
        var asked = FactMapping.ToRequirements(new Proto.HostRequirements
        {
            Architecture = "x86_64",
            DomainType = "kvm",
            MachineType = "q35",
            Firmware = { "/usr/ovmf" },
            Bridges = { "br0" },
            Networks = { "default" },
            PageSizeKib = 2048,
            NumaNodes = { new Proto.NumaNode { MemoryMib = 512, Vcpus = 2 } },
            Devices = { ["pci 1:2"] = 2 },
            CpuXml = "<cpu/>",
        });
        Assert.Equal(("x86_64", "kvm", "q35", 2048), (asked.Architecture, asked.DomainType, asked.MachineType, asked.PageSizeKib));
        Assert.Equal(("/usr/ovmf", "br0", "default", new NumaNode(512, 2), 2), (asked.Firmware[0], asked.Bridges[0], asked.Networks[0], asked.NumaNodes[0], asked.Devices["pci 1:2"]));
        Assert.Equal(HostRequirements.None, FactMapping.ToRequirements(null));
    }
}
