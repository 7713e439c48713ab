using Recovery.Core.Inventory;
using Recovery.Core.Planning;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Planning.Rules;

public class CapacityTests
{
    private static readonly HostLimits None = HostLimits.AsConfigured;

    // 8192 MiB, 8 logical processors and 1000 MiB for disks; by configuration twice the memory less 1000 MiB, four
    // times the processors less 2, twice the disk less 100.
    public static TheoryData<HostLimits, Resource, long> Limits => new()
    {
        { None, Resource.Memory, (2 * 8192) - 1000 },
        { None with { MemoryOvercommit = 1.5 }, Resource.Memory, 12288 - 1000 },
        { None with { ReservedMemoryMib = 192 }, Resource.Memory, (2 * 8192) - 192 },
        { None with { MemoryOvercommit = 1, ReservedMemoryMib = 0 }, Resource.Memory, 8192 },
        { None with { MemoryOvercommit = 1, ReservedMemoryMib = 9000 }, Resource.Memory, 0 },
        { None, Resource.Vcpus, 30 },
        { None with { VcpuOvercommit = 1.5 }, Resource.Vcpus, 10 },
        { None with { ReservedVcpus = 0 }, Resource.Vcpus, 32 },
        { None, Resource.Disk, 1900 },
        { None with { DiskOvercommit = 1 }, Resource.Disk, 900 },
        { None with { ReservedDiskMib = 0 }, Resource.Disk, 2000 },
    };

    public enum Resource
    {
        Memory,
        Vcpus,
        Disk,
    }

    [Theory]
    [MemberData(nameof(Limits))]
    public void A_host_takes_what_its_own_limits_allow_and_else_what_is_configured(HostLimits limits, Resource resource, long capacity)
    {
        Assert.Single(Asking(capacity).Moves);
        Assert.Single(Asking(capacity + 1).Unplaced);

        Plan Asking(long amount) => new Question
        {
            Target = Host("node2", 8192, 8) with { DiskMib = 1000, Limits = limits },
            Instance = Instance("a", memoryMib: resource == Resource.Memory ? amount : 0, vcpus: resource == Resource.Vcpus ? (int)amount : 0) with
            {
                DiskMib = resource == Resource.Disk ? amount : 0,
            },
            Options = new()
            {
                MemoryOvercommit = 2,
                ReservedMemoryMib = 1000,
                VcpuOvercommit = 4,
                ReservedVcpus = 2,
                DiskOvercommit = 2,
                ReservedDiskMib = 100,
            },
        }.Answer();
    }

    [Theory]
    [InlineData(DomainState.Running, true)]
    [InlineData(DomainState.Paused, true)]
    [InlineData(DomainState.Crashed, true)]
    [InlineData(DomainState.ShutOff, false)]
    public void Whatever_will_run_again_takes_room_and_what_is_off_takes_only_its_disk(DomainState state, bool takesRoom)
    {
        var plan = (Question.Plain with
        {
            Target = Host("node2", 1024, 1),
            Others = [Instance("there", "node2", 512, state: state)],
        }).Answer();

        Assert.Equal(takesRoom, plan.Unplaced.Count == 1);
    }
}
