using Recovery.ControlPlane.Executors;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>Where nobody can be asked: plans then say nothing of definitions.</summary>
internal sealed class NoDefinitionPreview : IDefinitionPreview
{
    public Task<DefinitionPreview?> AskAsync(DefinitionQuestion question, CancellationToken cancellationToken) =>
        Task.FromResult<DefinitionPreview?>(null);
}
