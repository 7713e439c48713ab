using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Recoveries.Plans;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;
using static Recovery.ControlPlane.Tests.Recoveries.Plans.World;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>Instances that wait for each other in a circle are named, and how to go on all the same.</summary>
public class AcceptanceChecksTests
{
    private static readonly Instance A = NewInstance("a", after: IdOf("b"));
    private static readonly Instance B = NewInstance("b", after: IdOf("c"));
    private static readonly Instance C = NewInstance("c", after: IdOf("a"));

    private static readonly AskedRecovery Whole = new() { Kind = RecoveryKind.Evacuate, Hosts = [new("node1", "/hosts/0")] };

    [Fact]
    public void A_circle_is_a_fault_that_names_it_and_says_what_to_do()
    {
        var scope = AcceptanceChecks.Check(Whole, Sight(A, B, C, NewInstance("d", after: IdOf("a"))));

        var fault = Assert.Single(scope.Faults);
        Assert.Equal(("dependency-cycle", FaultClass.NotHere, "/hosts"), (fault.Code.Name, fault.Code.Class, fault.Pointer));
        Assert.Contains("a waits for b, b waits for c, c waits for a", fault.Message, StringComparison.Ordinal);
        Assert.Contains("\"ignoreDependencies\":true", fault.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, AskedRecovery> Ways => new()
    {
        { "dependencies are ignored", Whole with { IgnoreDependencies = true } },
        { "one of the circle is excluded", Whole with { ExcludedInstances = [new(IdOf("b"), "/excludedInstances/0")] } },
        { "one of the circle is not asked for", Whole with { Instances = [new(IdOf("a"), "/instances/0"), new(IdOf("b"), "/instances/1")] } },
    };

    [Theory]
    [MemberData(nameof(Ways))]
    public void There_is_a_way_around_a_circle(string way, AskedRecovery asked)
    {
        Assert.Empty(AcceptanceChecks.Check(asked, Sight(A, B, C)).Faults);
        Assert.NotEmpty(way);
    }

    [Fact]
    public void A_fault_of_a_plan_points_to_the_plan()
    {
        var asked = Whole with { Plan = new(Guid.NewGuid(), "/plan") };

        Assert.Equal("/plan", Assert.Single(AcceptanceChecks.Check(asked, Sight(A, B, C)).Faults).Pointer);
    }

    [Fact]
    public void What_is_excluded_is_neither_held_nor_in_the_way_of_whoever_holds_it()
    {
        var held = new Dictionary<string, Guid> { [$"instance/{IdOf("x")}"] = Guid.NewGuid() };
        var sight = Sight(NewInstance("x"), NewInstance("y")) with { Holders = held };

        var scope = AcceptanceChecks.Check(Whole with { ExcludedInstances = [new(IdOf("x"), "/excludedInstances/0")] }, sight);

        Assert.Empty(scope.Faults);
        Assert.Equal([IdOf("y")], scope.Instances);
        Assert.NotEmpty(AcceptanceChecks.Check(Whole, sight).Faults);
    }

    private static AcceptanceSight Sight(params Instance[] instances) => new(
        With(instances), new Dictionary<string, DateTimeOffset>(), new Dictionary<string, Guid>(), new Dictionary<string, TimeSpan>());
}
