using Microsoft.Extensions.DependencyInjection;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Inventory;
using Recovery.Core.Workflow;
using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.Truth;

namespace Recovery.Scenarios.Tests.Mutants;

/// <summary>A guard that is taken away, and what has to be seen then.</summary>
/// <param name="Name">The guard.</param>
/// <param name="Mutations">How it is taken away.</param>
/// <param name="Breaks">Any of these shows it.</param>
internal sealed record Mutant(string Name, Mutations Mutations, params Invariant[] Breaks)
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("a proof before a start: silence is taken for death",
            new Mutations { Replace = (services, _, _) => services.AddSingleton<IFencing, CredulousFencing>() },
            Invariant.TwoCopies),
        new("a proof is void when its host is heard again",
            new Mutations { Replace = (services, _, strand) => services.AddSingleton(new LivenessBoard(new LongAgo(strand.Time))) },
            Invariant.TwoCopies, Invariant.StartWithoutProof),
        new("journal before effect: a step is sent under another id than was written",
            OnTheWay((_, step, send) => send(step with { StepId = Guid.NewGuid() })),
            Invariant.EffectWithoutIntent),
        new("executors keep their log over a crash",
            new Mutations { ExecutorForgetsItsLog = true },
            Invariant.TwoEnds, Invariant.EffectOfOlderEpoch, Invariant.LeftBehind),
        new("executors refuse an older epoch",
            new Mutations { ExecutorAcceptsOlderEpochs = true },
            Invariant.EffectOfOlderEpoch),
        new("the database refuses an older epoch",
            new Mutations { Interceptors = [new AnyEpoch()] },
            Invariant.WriteOfOlderEpoch),
        new("a recovery holds its hosts and instances: nothing is evacuated twice at once",
            new Mutations { Interceptors = [new Unwritten("RecoveryLockRow")] },
            Invariant.TwoCopies, Invariant.TwoEnds, Invariant.Misplaced),
        new("an order to fence is on record before it is sent: who says that nothing was touched knows it",
            new Mutations { Interceptors = [new Unwritten("FenceOrderRow")] },
            Invariant.FalseProgress),
        new("what fails is put back",
            OnTheWay((_, step, send) => InstanceSteps.IsPuttingBack(step.Action)
                ? Task.FromResult(new StepReply(StepOutcome.Succeeded, "", "done", []))
                : send(step)),
            Invariant.LeftBehind),
        new("progress is never ahead of the truth: a start is believed before it is answered",
            OnTheWay((_, step, send) => step.Action is StepAction.Start or StepAction.Verify
                ? Task.FromResult(new StepReply(StepOutcome.Succeeded, "", "done", []))
                : send(step)),
            Invariant.FalseProgress),
        new("a change of the plan is an event",
            new Mutations { Interceptors = [new Unwritten("Replan")] },
            Invariant.UnannouncedChange),
        new("secrets are never journaled",
            OnTheWay(async (_, step, send) => await send(step) is var reply && step.Action == StepAction.ConnectVolumes
                ? reply with { Message = $"logged in with {World.Secret}" }
                : reply),
            Invariant.SecretShown),
        new("whoever died is followed by another: a lease that ran out can be taken",
            new Mutations { Interceptors = [new LeasesForEver()] },
            Invariant.Stuck),
    ];

    public override string ToString() => Name;

    private static Mutations OnTheWay(Func<World, StepDispatch, Func<StepDispatch, Task<StepReply>>, Task<StepReply>> change) => new()
    {
        Replace = (services, world, _) => services
            .AddSingleton<StepDispatcher>()
            .AddSingleton<IStepDispatcher>(provider => new ChangedDispatcher(provider.GetRequiredService<StepDispatcher>(), world, change)),
    };

    private sealed class ChangedDispatcher(
        StepDispatcher real, World world, Func<World, StepDispatch, Func<StepDispatch, Task<StepReply>>, Task<StepReply>> change) : IStepDispatcher
    {
        public async Task<StepReply> RunAsync(StepDispatch step, Func<string, Task> onProgress, CancellationToken cancellationToken)
        {
            await Task.Yield();
            return await change(world, step, changed => real.RunAsync(changed, onProgress, cancellationToken));
        }
    }
}
