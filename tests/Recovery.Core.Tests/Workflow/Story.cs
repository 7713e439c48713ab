using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.Core.Tests.Workflow;

/// <summary>Recoveries as stories about the step machine need them: node1 died, everything goes to node2.</summary>
internal static class Story
{
    public static readonly DateTimeOffset Now = new(2026, 11, 23, 3, 0, 0, TimeSpan.Zero);

    public static readonly FenceProof Off = new("node1", FenceProofKind.PowerOff, Now.AddSeconds(-1), null, "fence_lab says off.");

    public static readonly InstanceNeeds Plain = new(PowerIntent.Run, HasVolumes: false, HasLiveVolumes: false);

    public static Observation Nothing { get; } = new();

    public static Observation Proven { get; } = See("node1", new HostSight { Proof = Off });

    public static Observation Alive { get; } = See("node1", new HostSight { IsAlive = true });

    public static Observation Told { get; } = See("node1", new HostSight { IsAlive = true, OrderIsOut = true });

    public static Observation See(string host, HostSight sight) =>
        new() { Hosts = new Dictionary<string, HostSight> { [host] = sight } };

    public static RecoveryProgress In(RecoveryState state, params InstanceProgress[] instances) => new()
    {
        State = state,
        Limits = new RecoveryLimits(8, 4, 8),
        Instances = instances,
    };

    public static InstanceProgress Guest(string name, InstanceState state = InstanceState.Waiting, params JournalEntry[] journal) => new()
    {
        Id = Id(name),
        Name = name,
        Source = "node1",
        Target = "node2",
        State = state,
        Needs = Plain,
        Journal = journal,
    };

    public static Guid Id(string name) => new(name[0], 0, 0, new byte[8]);

    public static JournalEntry Done(StepAction action) => Entry(action, StepOutcome.Succeeded);

    public static JournalEntry Failed(StepAction action) => Entry(action, StepOutcome.FailedForGood);

    public static JournalEntry Unanswered(StepAction action) => Entry(action, null);

    public static Decision Next(RecoveryProgress recovery, Observation seen) => StepMachine.Next(recovery, seen, Now);

    /// <summary>The actions as a line: "TakeStep a Start, Fence node1".</summary>
    public static string Line(Decision decision) => string.Join(", ", decision.Actions.Select(action => action switch
    {
        WorkflowAction.TakeStep step => $"TakeStep {Name(step.Instance)} {step.Step}",
        WorkflowAction.SendAgain step => $"SendAgain {Name(step.Instance)} {step.Step.Action}",
        WorkflowAction.Settle step => $"Settle {Name(step.Instance)} {step.Step} {step.Outcome} {step.Code}".TrimEnd(),
        WorkflowAction.EndInstance end => $"EndInstance {Name(end.Instance)} {end.State}",
        WorkflowAction.Skip skip => $"Skip {string.Join(' ', skip.Instances.Select(Name))}",
        WorkflowAction.Fence fence => $"Fence {fence.Host}",
        WorkflowAction.AskAfterOrder ask => $"AskAfterOrder {ask.Host}",
        WorkflowAction.AwaitProof wait => $"AwaitProof {wait.Host}",
        _ => action.GetType().Name,
    }));

    private static string Name(Guid id) => ((char)id.ToByteArray()[0]).ToString();

    private static JournalEntry Entry(StepAction action, StepOutcome? outcome) => new()
    {
        StepId = Guid.NewGuid(),
        Action = action,
        Outcome = outcome,
        Message = $"{action} failed.",
        IntendedAt = Now.AddSeconds(-20),
        EndedAt = outcome is null ? null : Now.AddSeconds(-10),
    };
}
