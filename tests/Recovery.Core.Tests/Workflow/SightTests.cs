using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.Core.Tests.Workflow;

public class SightTests
{
    /// <summary>A letter for each host beside the source: U up, L libvirt down, S silent, N never seen, M in maintenance and silent, P proven off.</summary>
    public static TheoryData<string, string, bool> Stories => new()
    {
        { "nobody else is there, so nothing can be judged", "", true },
        { "the only other one is heard", "U", true },
        { "the only other one is silent too", "S", false },
        { "half are heard", "US", true },
        { "more than half are heard", "UUS", true },
        { "fewer than half are heard", "USS", false },
        { "nobody is heard", "SSSS", false },
        { "an executor that has lost its libvirt is heard all the same", "LLS", true },
        { "one that never reported says nothing about the network", "UNNN", true },
        { "nor does one in maintenance", "UMMM", true },
        { "nor does one that is proven off", "UPPP", true },
        { "all others have their reasons to be silent", "NMP", true },
        { "one silent host among those with reasons", "NMPS", false },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_host_is_fenced_only_when_the_control_plane_hears_most_of_the_others(string _, string others, bool allowed)
    {
        var hosts = others.Select((letter, index) => Of(letter, $"node{index + 2}")).Append(Of('S', "node1")).ToList();
        var proven = hosts.Where((_, index) => index < others.Length && others[index] == 'P').Select(host => host.Name).ToHashSet();

        var whyNot = Sight.WhyNotFence(hosts, new HashSet<string> { "node1" }, proven);

        Assert.Equal(allowed, whyNot is null);
    }

    [Fact]
    public void Given_a_recovery_of_half_a_cluster_then_its_sources_are_no_witnesses()
    {
        Witness[] hosts = [.. Enumerable.Range(1, 6).Select(number => Of(number <= 4 ? 'S' : 'U', $"node{number}"))];

        Assert.Null(Sight.WhyNotFence(hosts, new HashSet<string> { "node1", "node2", "node3", "node4" }, new HashSet<string>()));
    }

    [Fact]
    public void Given_too_few_that_are_heard_then_it_says_how_many_what_that_means_and_what_to_do()
    {
        var hosts = Enumerable.Range(1, 9).Select(number => Of(number == 9 ? 'U' : 'S', $"node{number}"));

        var whyNot = Sight.WhyNotFence(hosts, new HashSet<string> { "node1" }, new HashSet<string>());

        Assert.Equal(
            "Nothing is done now: of the 8 other hosts that this recovery is not about, 1 is heard (node2, node3, node4, node5, node6 and 2 more are silent), and at least half have to be. That looks like the control plane's own network, not like dead hosts, so it waits. Check the network between the control plane and the executors. A host that is known to be away can be put into maintenance, or attested off: POST /v1/hosts/NAME/attestations.",
            whyNot);
    }

    private static Witness Of(char letter, string name) => new(
        name,
        letter switch
        {
            'U' => HostLiveness.Up,
            'L' => HostLiveness.LibvirtDown,
            'N' => HostLiveness.NeverSeen,
            _ => HostLiveness.Silent,
        },
        Maintenance: letter == 'M');
}
