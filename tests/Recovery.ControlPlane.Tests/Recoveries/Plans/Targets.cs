using System.Collections.Concurrent;
using Recovery.ControlPlane.Executors;

namespace Recovery.ControlPlane.Tests.Recoveries.Plans;

/// <summary>Executors that are asked what they would make of definitions; they would change nothing unless a story says so.</summary>
public sealed class Targets : IDefinitionPreview
{
    private readonly ConcurrentQueue<string> asked = new();

    public Func<DefinitionQuestion, Task<DefinitionPreview?>> Answer { get; set; } = _ => Said();

    /// <summary>"web1 on node2", in the order of asking.</summary>
    public IReadOnlyList<string> Asked => [.. asked];

    public static Task<DefinitionPreview?> Said(params string[] changes) =>
        Task.FromResult<DefinitionPreview?>(new DefinitionPreview(changes, []));

    public static Task<DefinitionPreview?> Refused(params string[] refusals) =>
        Task.FromResult<DefinitionPreview?>(new DefinitionPreview([], refusals));

    public static Task<DefinitionPreview?> Nothing() => Task.FromResult<DefinitionPreview?>(null);

    public Task<DefinitionPreview?> AskAsync(DefinitionQuestion question, CancellationToken cancellationToken)
    {
        asked.Enqueue($"{question.Instance.Name} on {question.Host}");
        return Answer(question);
    }
}
