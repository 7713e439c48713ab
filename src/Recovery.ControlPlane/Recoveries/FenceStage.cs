using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>How the wait for a proof ended.</summary>
public enum FenceEnd
{
    Proven,

    /// <summary>The host's executor was heard again and its libvirt answers: there is nothing to recover from.</summary>
    AliveAgain,

    /// <summary>An operator cancelled the recovery.</summary>
    Cancelled,
}

/// <summary>
/// Step 4: a fence proof for every source, or no start. Agents are tried level by level and again every so often; an
/// attestation counts whenever it comes. There is no way around: unknown is not dead.
/// </summary>
public sealed class FenceStage(
    FenceProofs proofs, IFencing fencing, LivenessBoard liveness, CloseStage close, RecoveryOptions options)
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>True when every source is proven off; false when the recovery has ended instead.</summary>
    public async Task<bool> RunAsync(Claim claim, RecoveryRow recovery, CancellationToken cancellationToken)
    {
        var sources = recovery.Instances
            .Where(row => !row.State.IsFinal())
            .Select(row => row.Source)
            .Distinct()
            .Order(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            switch (await ObtainAsync(claim, source, RecoveryState.AwaitingProof, cancellationToken))
            {
                case FenceEnd.Cancelled:
                    await close.SkipWaitingAsync(claim, "The recovery was cancelled before it was touched.", cancellationToken);
                    await close.RunAsync(claim, cancellationToken);
                    return false;
                case FenceEnd.AliveAgain:
                    var why = $"{source} is alive again: its executor was heard and its libvirt answers. Nothing was touched. "
                        + "If its guests shall move all the same, switch it off first and ask again.";
                    await close.SkipWaitingAsync(claim, why, cancellationToken);
                    await close.RunAsync(claim, cancellationToken, why);
                    return false;
            }
        }

        return true;
    }

    /// <summary>Waits, as long as it takes, until the host is proven off.</summary>
    /// <param name="waitingState">The state in which the recovery waits, for those who look.</param>
    public async Task<FenceEnd> ObtainAsync(
        Claim claim, string host, RecoveryState waitingState, CancellationToken cancellationToken)
    {
        var nextTry = DateTimeOffset.MinValue;
        var said = "";
        while (true)
        {
            if (await proofs.ValidAsync(host, cancellationToken) is { } proof)
            {
                await claim.TellAsync(
                    claim.NewEvent(EventTypes.Fence, $"{host} is proven off: {proof.Evidence}", host: host),
                    cancellationToken);
                return FenceEnd.Proven;
            }

            if ((await claim.ReadAsync(cancellationToken)).Cancel is not null)
            {
                return FenceEnd.Cancelled;
            }

            if (liveness.Of(host, everReported: true) == HostLiveness.Up)
            {
                return FenceEnd.AliveAgain;
            }

            // A control plane that has just started has heard nobody yet: no living host is switched off for that.
            var now = claim.Time.GetUtcNow();
            if (now >= nextTry && liveness.TooEarlyToTell(host) is null)
            {
                var why = await TryAgentsAsync(claim, host, cancellationToken);
                nextTry = claim.Time.GetUtcNow() + TimeSpan.FromSeconds(options.Fencing.RetrySeconds);
                if (why is null)
                {
                    continue;
                }

                if (why != said)
                {
                    said = why;
                    await claim.EnterAsync(waitingState, WaitingFor(host, why), cancellationToken);
                }
            }

            await Task.Delay(LookEvery, claim.Time, cancellationToken);
        }
    }

    /// <summary>Null when an agent proved it, and the proof is persisted; else why none did.</summary>
    private async Task<string?> TryAgentsAsync(Claim claim, string host, CancellationToken cancellationToken)
    {
        var row = await claim.QueryAsync(
            (context, token) => context.Hosts.AsNoTracking().SingleOrDefaultAsync(each => each.Name == host, token),
            cancellationToken);
        if (row is null)
        {
            return $"{host} is not registered any more, so nothing says how to fence it.";
        }

        var attempt = await fencing.TryAsync(row, new FenceOrder(claim.RecoveryId, claim.Epoch), cancellationToken);
        await claim.WriteAsync(
            context =>
            {
                context.Events.AddRange(attempt.Log.Select(line => claim.NewEvent(EventTypes.Fence, line, host: host)));
                if (attempt.ProvenOff)
                {
                    context.FenceProofs.Add(attempt.Proof(host, claim.Time.GetUtcNow()));
                }
            },
            cancellationToken);
        return attempt.ProvenOff ? null : attempt.Evidence;
    }

    private static string WaitingFor(string host, string why) =>
        $"Waiting for a proof that {host} is off. {why} When you have made sure yourself: "
        + $"POST /v1/hosts/{host}/attestations with who, reason and expiresInMinutes.";
}
