using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

/// <summary>Huge pages, NUMA cells and devices can't be shared: what one move of a plan takes, the next has not.</summary>
public class SpecialRoomTests
{
    private static readonly HostRequirements Pages = new() { PageSizeKib = 2048 };
    private static readonly HostRequirements Gpu = new() { Devices = new Dictionary<string, int> { ["gpu"] = 1 } };

    [Fact]
    public void Pages_that_an_earlier_move_took_are_gone()
    {
        var plan = PlanOf(new() { NumaCells = [Cell(0, 700), Cell(1, 700)] }, Pages, memoryMib: 1024, count: 3);

        Assert.Equal(2, plan.Moves.Count);
        Assert.Equal("needs 512 huge pages of 2048 KiB, node2 has 376 free", Reason(plan, RejectionKind.PagesShort));
    }

    [Fact]
    public void Devices_that_an_earlier_move_took_are_gone()
    {
        var plan = PlanOf(new() { Devices = new Dictionary<string, int> { ["gpu"] = 2, ["nic"] = 9 } }, Gpu, memoryMib: 512, count: 3);

        Assert.Equal(2, plan.Moves.Count);
        Assert.Equal("needs 1 of device gpu, 0 are free on node2", Reason(plan, RejectionKind.DeviceMissing));
    }

    [Fact]
    public void The_nodes_of_a_guest_take_their_pages_each_from_a_cell_of_its_own()
    {
        var twoNodes = Pages with { NumaNodes = [new(512, 1), new(512, 1)] };

        Assert.Equal(2, PlanOf(new() { NumaCells = [Cell(0, 512), Cell(1, 512)] }, twoNodes, 1024, count: 3).Moves.Count);
        Assert.Single(PlanOf(new() { NumaCells = [Cell(0, 767), Cell(1, 256)] }, twoNodes, 1024, count: 2).Moves);
        Assert.Empty(PlanOf(new() { NumaCells = [Cell(0, 1024), Cell(1, 255)] }, twoNodes, 1024, count: 1).Moves);
    }

    [Fact]
    public void Ordinary_memory_of_a_cell_is_shared_by_guests_but_not_by_the_nodes_of_one()
    {
        var twoNodes = new HostRequirements { NumaNodes = [new(512, 1), new(512, 1)] };

        Assert.Equal(3, PlanOf(new() { NumaCells = [Cell(0, 0), Cell(1, 0)] }, twoNodes, 1024, count: 3).Moves.Count);
        Assert.Empty(PlanOf(new() { NumaCells = [Cell(0, 0)] }, twoNodes, 1024, count: 1).Moves);
    }

    [Fact]
    public void What_is_off_takes_no_pages_and_no_devices()
    {
        var off = Instance("a", state: DomainState.ShutOff) with { Requirements = Gpu with { PageSizeKib = 2048 } };

        Assert.Single((Question.Plain.Offering(new() { NumaCells = [] }) with { Instance = off }).Answer().Moves);
    }

    private static NumaCell Cell(int id, long pages) => new(id, 4096, 4, new Dictionary<int, long> { [2048] = pages });

    private static Plan PlanOf(HostAbilities abilities, HostRequirements requirements, long memoryMib, int count) =>
        (Question.Plain.Offering(abilities) with
        {
            Instance = Instance("a", memoryMib: memoryMib) with { Requirements = requirements },
            Others = [.. Enumerable.Range(1, count - 1).Select(number => Instance($"a{number}", memoryMib: memoryMib) with { Requirements = requirements })],
        }).Answer();

    private static string Reason(Plan plan, RejectionKind kind) =>
        plan.Unplaced.Single().Rejections.Single(rejection => rejection.Kind == kind).Sentence;
}
