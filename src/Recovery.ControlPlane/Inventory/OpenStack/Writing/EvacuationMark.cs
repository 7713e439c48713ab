namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// Names what one attempt to move one instance writes, the same whenever it is asked: so a repeated step finds its own rows.
/// </summary>
/// <param name="Recovery">The recovery.</param>
/// <param name="Instance">The instance.</param>
/// <param name="Attempt">1 for the first.</param>
public sealed record EvacuationMark(Guid Recovery, Guid Instance, int Attempt)
{
    /// <summary>migrations.uuid.</summary>
    public Guid Migration => StableId.Of(Recovery, Instance, $"migration {Attempt}");

    /// <summary>instance_actions.request_id.</summary>
    public string RequestId => $"req-{StableId.Of(Recovery, Instance, $"request {Attempt}")}";
}
