using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>What to plan for.</summary>
/// <param name="Sources">Hosts whose instances shall move.</param>
/// <param name="Instances">Only these instances of the sources; empty means all.</param>
/// <param name="Targets">Only these hosts may take them; empty means any.</param>
public sealed record PlanRequest(
    IReadOnlyList<string> Sources,
    IReadOnlyList<Guid> Instances,
    IReadOnlyList<string> Targets);

/// <summary>Where everything goes, and why something stays. Every requested instance is in exactly one list.</summary>
/// <param name="Moves">In the order in which they are carried out.</param>
/// <param name="Unplaced">With a reason per host.</param>
public sealed record Plan(IReadOnlyList<Move> Moves, IReadOnlyList<Unplaced> Unplaced);

/// <summary>One instance, from the host that it belongs to, to the host that takes it.</summary>
public sealed record Move(Guid Instance, string Name, string Source, string Target, PowerIntent Intent);

/// <summary>An instance that no host can take now.</summary>
public sealed record Unplaced(Guid Instance, string Name, string Source, IReadOnlyList<Rejection> Rejections);
