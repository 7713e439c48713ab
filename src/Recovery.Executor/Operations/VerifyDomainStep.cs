using Recovery.Executor.DomainXml;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>The domain is in its expected state with its disks, and still is after a moment: many die in their first second.</summary>
internal sealed class VerifyDomainStep(TimeProvider time) : IStep
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.Verify;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        long? goodSince = null;
        while (true)
        {
            var sight = await context.Domain("looking at the domain", domain => new Sight(
                domain.Name, domain.State(), [.. DomainReader.Read(domain.LiveXml()).Disks.Select(disk => disk.Target)])) ?? throw context.DomainNotFound();
            var isGood = IsGood(sight, context.Command.Verify);
            if (!isGood) goodSince = null;
            else if (goodSince is null)
            {
                goodSince = time.GetTimestamp();
                context.Report($"{sight.State}, looking whether it stays so");
            }
            else if (time.GetElapsedTime(goodSince.Value) >= Settle) return new StepSuccess($"{sight.State}, with its disks");
            await Task.Delay(Interval, time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (deadline.IsCancellationRequested) throw TooLate(sight, context.Command.Verify);
        }
    }

    internal sealed record Sight(string Name, LibvirtState State, IReadOnlyList<string> DiskTargets);

    private static StepFailure TooLate(Sight sight, VerifyDomain expected) => new(ErrorCode.DeadlineExceeded,
        $"{sight.Name} should be {(expected.Paused ? "paused" : "running")} and is {sight.State}; the deadline passed while waiting for it to change",
        retryCanHelp: true);

    /// <summary>False: not yet.</summary>
    /// <exception cref="StepFailure">It will not become good by waiting.</exception>
    internal static bool IsGood(Sight sight, VerifyDomain expected)
    {
        // To its owner it runs; but nothing runs in it yet, and libvirt may end it still.
        if (sight.State.IsStartingUp) return false;
        var meaning = DomainStates.Meaning(sight.State, endedByHost: false);
        if (meaning is DomainState.Crashed or DomainState.ShutOff or DomainState.Inactive)
            throw new StepFailure(ErrorCode.DomainNotRunning,
                $"{sight.Name} does not run: libvirt says {sight.State}; see /var/log/libvirt/qemu/{sight.Name}.log on this host");
        var missing = expected.DiskTargets.Except(sight.DiskTargets).ToList();
        if (missing.Count > 0)
            throw new StepFailure(ErrorCode.DiskMissing, $"{sight.Name} runs without its disk {string.Join(", ", missing)}; it must be attached first");
        return meaning == (expected.Paused ? DomainState.Paused : DomainState.Running);
    }
}
