using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>What operators may want of a recovery, from every way it can go already.</summary>
public class SteeringTests
{
    private static readonly RecoveryLimits Limits = new(8, 4, 8);
    private static readonly Steering Goes = new(false, null, Limits);
    private static readonly Steering Paused = Goes with { Paused = true };
    private static readonly Steering Finishing = Goes with { Cancel = CancelMode.Finish };
    private static readonly Steering PuttingBack = Goes with { Cancel = CancelMode.PutBack };

    public static TheoryData<string, Steering?, Steering?> Wishes => new()
    {
        { "pause", Goes.Pause(), Paused },
        { "pause, paused", Paused.Pause(), Paused },
        { "pause, finishing", Finishing.Pause(), null },
        { "pause, putting back", PuttingBack.Pause(), null },
        { "continue", Goes.Continue(), Goes },
        { "continue, paused", Paused.Continue(), Goes },
        { "continue, finishing", Finishing.Continue(), Finishing },
        { "cancel", Goes.End(null), Finishing },
        { "cancel, paused", Paused.End(null), Finishing },
        { "finish, paused", Paused.End(CancelMode.Finish), Finishing },
        { "put back, paused", Paused.End(CancelMode.PutBack), PuttingBack },
        { "cancel, putting back", PuttingBack.End(null), PuttingBack },
        { "put back, finishing", Finishing.End(CancelMode.PutBack), PuttingBack },
        { "finish, putting back", PuttingBack.End(CancelMode.Finish), null },
        { "limits", Paused.Limit(new(1, null, 3)), Paused with { Limits = new(1, 4, 3) } },
        { "no limits", Goes.Limit(new(null, null, null)), Goes },
    };

    [Theory]
    [MemberData(nameof(Wishes))]
    public void A_wish_comes_to(string wish, Steering? steering, Steering? expected)
    {
        Assert.Equal(expected, steering);
        Assert.False(steering is { Paused: true, Cancel: not null }, wish);
    }
}
