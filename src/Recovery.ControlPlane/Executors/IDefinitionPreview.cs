using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Executors;

/// <summary>Asks an executor what it would rewrite in a definition, and whether it would refuse it. Changes nothing.</summary>
public interface IDefinitionPreview
{
    /// <summary>Null when the executor does not answer in time, or is too old to be asked.</summary>
    Task<DefinitionPreview?> AskAsync(DefinitionQuestion question, CancellationToken cancellationToken);
}

/// <summary>A definition, and the host that it should be rewritten for.</summary>
public sealed record DefinitionQuestion
{
    /// <summary>The target, and where its executor listens.</summary>
    public required string Host { get; init; }

    public required string ExecutorAddress { get; init; }

    public required Instance Instance { get; init; }

    /// <summary>The kept definition, and where its source saw its storages.</summary>
    public required string Definition { get; init; }

    public required IReadOnlyList<StorageView> SourceStorages { get; init; }

    /// <summary>The CPU model of the source; empty when unknown.</summary>
    public string SourceCpuModel { get; init; } = "";
}

/// <summary>What an executor answered.</summary>
/// <param name="Changes">What it would rewrite, a sentence each.</param>
/// <param name="Refusals">Why the definition can't run there, a sentence each; empty when it can.</param>
public sealed record DefinitionPreview(IReadOnlyList<string> Changes, IReadOnlyList<string> Refusals);
