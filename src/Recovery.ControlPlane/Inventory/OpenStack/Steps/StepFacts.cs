using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.ControlPlane.Inventory.OpenStack.Databases;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>What a step is about, read fresh.</summary>
/// <param name="Refusal">Why it can't be done, a sentence; else null, and both others are there.</param>
internal sealed record SeenForStep(InstanceFacts? Instance, TargetFacts? Target, string? Refusal);

/// <summary>Reads an instance and its target for a step. A cloud that can't be read is one that can be asked again.</summary>
internal sealed class StepFacts(InstanceFactsReader instances, TargetFactsReader targets)
{
    /// <exception cref="InventoryUnreachableException">One of the databases can't be read.</exception>
    public async Task<SeenForStep> SeeAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        try
        {
            var instance = await FindAsync(step.Instance, cancellationToken);
            var target = await targets.ReadTargetAsync(step.Target, cancellationToken);
            return new SeenForStep(instance, target, CloudTransactions.WhyNot(step.Name, step.Source, step.Target, instance, target));
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

    /// <returns>Null when no cell has it.</returns>
    /// <exception cref="InventoryUnreachableException">One of the databases can't be read.</exception>
    public async Task<InstanceFacts?> InstanceAsync(Guid instance, CancellationToken cancellationToken)
    {
        try
        {
            return await FindAsync(instance, cancellationToken);
        }
        catch (CloudUnreadableException unreadable)
        {
            throw new InventoryUnreachableException(unreadable.Message, unreadable);
        }
    }

    private async Task<InstanceFacts?> FindAsync(Guid instance, CancellationToken cancellationToken) =>
        (await instances.ReadAsync([instance], cancellationToken)).GetValueOrDefault(instance);
}
