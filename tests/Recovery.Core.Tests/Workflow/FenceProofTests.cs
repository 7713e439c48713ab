using Recovery.Core.Workflow;
using static Recovery.Core.Tests.Clusters;

namespace Recovery.Core.Tests.Workflow;

public class FenceProofTests
{
    public static TheoryData<string, int?, int?, bool> Stories => new()
    {
        // minutes after the proof: it expires, the host was heard, and does it hold one minute after it was given?
        { "never heard, no end", null, null, true },
        { "heard before the proof only", null, -1, true },
        { "heard in the moment of the proof", null, 0, true },
        { "heard after the proof: switched on again, or the proof was wrong", null, 1, false },
        { "ends later", 5, null, true },
        { "ended", 1, null, false },
        { "ends later, but heard since", 5, 1, false },
    };

    [Theory]
    [MemberData(nameof(Stories))]
    public void A_proof_holds_until_it_ends_or_the_host_is_heard_again(string _, int? expires, int? heard, bool holds)
    {
        var proof = new FenceProof("node1", FenceProofKind.Attestation, Noon, After(expires), "Ada looked at the rack.");

        Assert.Equal(holds, proof.IsValid(Noon.AddMinutes(1), new HostSigns(After(heard), null)));
    }

    [Theory]
    [InlineData(FenceProofKind.PowerOff)]
    [InlineData(FenceProofKind.Attestation)]
    [InlineData(FenceProofKind.StorageCutOff)]
    public void A_host_that_was_switched_off_and_is_heard_contradicts_its_proof_whatever_its_guests_do(FenceProofKind kind)
    {
        var proof = new FenceProof("node1", kind, Noon, null, "");

        Assert.False(proof.IsValid(Noon.AddMinutes(2), new HostSigns(HeardAt: Noon.AddMinutes(1), GuestSeenAt: null)));
    }

    [Theory]
    [InlineData(-10, 0, true)]
    [InlineData(-1, 0, false)]
    [InlineData(-1, 1, false)]
    [InlineData(-1, 2, true)]
    [InlineData(0, 2, false)]
    [InlineData(0, 3, true)]
    public void A_host_that_was_heard_only_just_before_it_was_switched_off_has_to_miss_its_next_heartbeats_first(
        int heardSeconds, int nowSeconds, bool holds)
    {
        var proof = new FenceProof("node1", FenceProofKind.PowerOff, Noon, null, "level 1, fence_x said off");

        Assert.Equal(holds, proof.IsValid(Noon.AddSeconds(nowSeconds), new HostSigns(Noon.AddSeconds(heardSeconds), null)));
    }

    [Theory]
    [InlineData("it lives on, and has no guests", 1, null, 1, true)]
    [InlineData("a guest was seen before its word only", 1, -1, 1, true)]
    [InlineData("a guest was seen in that very moment", 1, 0, 1, true)]
    [InlineData("a guest runs there after its word", 1, 1, 1, false)]
    [InlineData("a guest runs there, although the clock of hearing stands", null, 1, 1, false)]
    [InlineData("its word is nearly ten minutes old", 9, null, 9, true)]
    [InlineData("its word is ten minutes old: it has to be asked again", 10, null, 10, false)]
    public void The_word_of_a_living_host_holds_for_a_while_and_until_a_guest_is_seen_there(
        string _, int? heard, int? guestSeen, int now, bool holds)
    {
        var proof = new FenceProof("node1", FenceProofKind.ExecutorWord, Noon, null, "node1 ended 2 guests.");

        Assert.Equal(holds, proof.IsValid(Noon.AddMinutes(now), new HostSigns(After(heard), After(guestSeen))));
    }

    private static DateTimeOffset? After(int? minutes) => minutes is { } count ? Noon.AddMinutes(count) : null;
}
