using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Step 4: tries to make sure that a host can't run its guests, and says what is waited for while nothing proves it.</summary>
public sealed class FenceAction(IFencing fencing, FencingTurn turn, RecoveryOptions options)
{
    /// <summary>One attempt, level by level. A proof is persisted with the words of those who gave it.</summary>
    public Task TryAsync(Claim claim, string host, DriveMemory memory, CancellationToken cancellationToken) =>
        InTurnAsync(claim, host, memory, fencing.TryAsync, cancellationToken);

    /// <summary>
    /// The host lives, and may have been told to end its guests: it is asked whether it was. If so, they are off, which
    /// proves as much as any other fencing; if not, the order is withdrawn, and nothing was touched.
    /// </summary>
    public Task AskAsync(Claim claim, string host, DriveMemory memory, CancellationToken cancellationToken) =>
        InTurnAsync(claim, host, memory, fencing.AskAsync, cancellationToken);

    /// <summary>Says what is waited for. When guests were under way already, it is an alarm: their proof is gone.</summary>
    public Task AwaitAsync(Claim claim, WorkflowAction.AwaitProof waiting, CancellationToken cancellationToken) =>
        claim.EnterAsync(
            waiting.State,
            waiting.Why,
            cancellationToken,
            (context, _) =>
            {
                if (waiting.State == RecoveryState.Recovering)
                {
                    context.Events.Add(claim.NewEvent(
                        EventTypes.Alarm,
                        $"Guests of {waiting.Host} are not started: there is no proof any more that it is off.",
                        host: waiting.Host));
                }

                return Task.CompletedTask;
            });

    private async Task InTurnAsync(
        Claim claim,
        string host,
        DriveMemory memory,
        Func<HostRow, FenceOrder, CancellationToken, Task<FenceAttempt>> fence,
        CancellationToken cancellationToken)
    {
        var row = await claim.QueryAsync(
            (context, token) => context.Hosts.AsNoTracking().SingleOrDefaultAsync(each => each.Name == host, token),
            cancellationToken);
        if (row is null)
        {
            Failed($"{host} is not registered any more, so nothing says how to fence it.");
            return;
        }

        var taken = await turn.RunAsync(claim, host, AttemptAsync, cancellationToken);
        if (taken is not null)
        {
            Failed(taken);
        }

        async Task<OrderState> AttemptAsync(CancellationToken token)
        {
            var attempt = await fence(row, new FenceOrder(claim.RecoveryId, claim.Epoch), token);
            await claim.WriteAsync(
                context =>
                {
                    context.Events.AddRange(attempt.Log.Select(line => claim.NewEvent(EventTypes.Fence, line, host: host)));
                    if (attempt.ProvenOff)
                    {
                        context.FenceProofs.Add(attempt.Proof(host, claim.Time.GetUtcNow()));
                    }
                },
                token);
            if (!attempt.ProvenOff)
            {
                Failed(attempt.Evidence);
            }
            else
            {
                // Heard a moment ago, it has to miss its heartbeats before the proof counts; no need to fence it again meanwhile.
                memory.WasFenced(host, claim.Time.GetUtcNow() + (2 * FenceProof.Quiet), $"It was fenced, and was heard just before: {attempt.Evidence}");
            }

            return attempt.Order;
        }

        void Failed(string why) =>
            memory.WasFenced(host, claim.Time.GetUtcNow() + TimeSpan.FromSeconds(options.Fencing.RetrySeconds), why);
    }
}
