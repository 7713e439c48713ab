using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Operations;

/// <summary>States that libvirt's test driver never shows; the others are tried on it in <see cref="StepsOnLibvirtTests"/>.</summary>
public sealed class VerifyDomainStepTests
{
    // A libvirtd that died in the middle of a start shows the guest so when it is back, and then ends it.
    [Fact]
    public void A_half_started_guest_is_not_taken_for_one_that_runs()
    {
        Assert.False(IsGood(StateKind.Paused, 11));
        Assert.True(IsGood(StateKind.Running, 1));
    }

    [Theory]
    [InlineData(5, 6)] // failed to start
    [InlineData(5, 8)] // ended by libvirtd
    [InlineData(6, 0)] // crashed
    public void What_does_not_run_and_will_not_is_a_failure_at_once(int kind, int reason) =>
        Assert.Equal(ErrorCode.DomainNotRunning, Assert.Throws<StepFailure>(() => IsGood((StateKind)kind, reason)).Code);

    private static bool IsGood(StateKind kind, int reason) =>
        VerifyDomainStep.IsGood(new VerifyDomainStep.Sight("web", new LibvirtState(kind, reason), ["vda"]), new VerifyDomain { DiskTargets = { "vda" } });
}
