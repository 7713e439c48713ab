using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>How long things may take, and how long to wait before they are tried again.</summary>
public static class StepTimes
{
    private static readonly TimeSpan FirstSilence = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(5);

    /// <summary>A readiness step that nobody answers for is given up so long after its own time.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The deadline of a step, from when it arrives at the executor. Starting takes longest: QEMU opens all disks, and
    /// libvirt waits for it.
    /// </summary>
    /// <param name="action">The step.</param>
    /// <param name="gate">What the guest has to answer to, for the steps that ask it.</param>
    /// <param name="start">The configured time for a start; no other step gets more.</param>
    public static TimeSpan Limit(StepAction action, ReadinessGate? gate, TimeSpan start)
    {
        if (InstanceSteps.IsAboutReadiness(action))
        {
            return Readiness(gate);
        }

        var ordinary = action switch
        {
            StepAction.Start or StepAction.StartByNova => start,
            StepAction.ConnectVolumes or StepAction.CheckDisks or StepAction.Attach or StepAction.MoveAttachments => TimeSpan.FromSeconds(90),
            StepAction.Stop or StepAction.Verify => TimeSpan.FromSeconds(60),
            _ => TimeSpan.FromSeconds(30),
        };
        return ordinary < start ? ordinary : start;
    }

    /// <summary>How long a guest has to get ready.</summary>
    public static TimeSpan Readiness(ReadinessGate? gate) =>
        TimeSpan.FromSeconds(gate?.WithinSeconds ?? ReadinessGate.OrdinaryPatience);

    /// <summary>How long to wait before a step without an answer is sent again: 0.5 s, 1 s, 2 s… 5 s.</summary>
    /// <param name="tries">How often it was sent, at least once.</param>
    public static TimeSpan BeforeSendingAgain(int tries)
    {
        var wait = FirstSilence * Math.Pow(2, Math.Min(tries, 10) - 1);
        return wait < LongestSilence ? wait : LongestSilence;
    }
}
