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

        Assert.Equal(holds, proof.IsValid(Noon.AddMinutes(1), After(heard)));
    }

    private static DateTimeOffset? After(int? minutes) => minutes is { } count ? Noon.AddMinutes(count) : null;
}
