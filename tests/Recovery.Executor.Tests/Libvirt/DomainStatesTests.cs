using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Libvirt;

/// <summary>Numbers are libvirt's (virDomainState and the enums of reasons).</summary>
public sealed class DomainStatesTests
{
    [Theory]
    [InlineData(3, 11, true)]
    [InlineData(3, 1, false)] // paused by a user
    [InlineData(1, 11, false)] // running; reasons belong to the kind
    [InlineData(5, 6, false)] // failed to start
    public void A_guest_that_is_half_started_is_told_from_one_that_runs(int kind, int reason, bool isStartingUp) =>
        Assert.Equal(isStartingUp, new LibvirtState((StateKind)kind, reason).IsStartingUp);

    [Theory]
    [InlineData(1, 1, DomainState.Running)] // booted
    [InlineData(2, 0, DomainState.Running)] // blocked
    [InlineData(4, 0, DomainState.Running)] // shutting down: QEMU still has the disks
    [InlineData(3, 1, DomainState.Paused)] // by a user
    [InlineData(3, 2, DomainState.Paused)] // migration
    [InlineData(3, 5, DomainState.Crashed)] // I/O error
    [InlineData(3, 6, DomainState.Crashed)] // watchdog
    [InlineData(3, 9, DomainState.Running)] // while a snapshot is made
    [InlineData(3, 10, DomainState.Crashed)] // the guest panicked
    [InlineData(3, 11, DomainState.Running)] // starting up
    [InlineData(3, 13, DomainState.Crashed)] // post-copy failed
    [InlineData(5, 0, DomainState.Inactive)] // never started since libvirtd's start
    [InlineData(5, 1, DomainState.ShutOff)] // shut down
    [InlineData(5, 2, DomainState.ShutOff)] // destroyed
    [InlineData(5, 3, DomainState.Crashed)]
    [InlineData(5, 4, DomainState.ShutOff)] // migrated away
    [InlineData(5, 5, DomainState.ShutOff)] // saved
    [InlineData(5, 6, DomainState.Crashed)] // failed to start
    [InlineData(5, 7, DomainState.ShutOff)] // reverted to a snapshot that was off
    [InlineData(5, 8, DomainState.Crashed)] // ended by libvirtd
    [InlineData(6, 0, DomainState.Crashed)]
    [InlineData(7, 0, DomainState.Paused)] // suspended itself
    public void A_state_means_what_its_owner_wanted(int kind, int reason, DomainState meaning) =>
        Assert.Equal(meaning, DomainStates.Meaning(new LibvirtState((StateKind)kind, reason), endedByHost: false));

    [Fact]
    public void A_guest_that_a_signal_on_the_host_ended_was_not_shut_off_by_its_owner() =>
        Assert.Equal(DomainState.Crashed, DomainStates.Meaning(new LibvirtState(StateKind.ShutOff, 1), endedByHost: true));

    [Fact]
    public void But_one_that_its_owner_destroyed_was_though_libvirt_used_a_signal_too() =>
        Assert.Equal(DomainState.ShutOff, DomainStates.Meaning(new LibvirtState(StateKind.ShutOff, 2), endedByHost: true));

    [Theory]
    [InlineData(DomainState.Running, DomainState.Crashed)]
    [InlineData(DomainState.Crashed, DomainState.Crashed)]
    [InlineData(DomainState.ShutOff, DomainState.ShutOff)]
    [InlineData(DomainState.Paused, DomainState.ShutOff)]
    [InlineData(DomainState.Inactive, DomainState.Inactive)]
    public void What_ran_before_libvirtd_restarted_and_is_off_for_no_known_reason_has_crashed(DomainState before, DomainState meaning) =>
        Assert.Equal(meaning, DomainStates.Meaning(new LibvirtState(StateKind.ShutOff, 0), endedByHost: false, before));
}
