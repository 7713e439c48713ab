using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>What an API's failure means to a step.</summary>
internal static class ApiFailure
{
    /// <exception cref="InventoryUnreachableException">Nobody answered: it may have been done, and only doing it again tells.</exception>
    public static InventoryAnswer Answer(OpenStackApiException failure) => failure switch
    {
        { Unanswered: true } => throw new InventoryUnreachableException(failure.Message, failure),
        { RetryCanHelp: true } => new InventoryAnswer(StepOutcome.FailedTransiently, "API_FAILED", failure.Message),
        _ => new InventoryAnswer(StepOutcome.FailedForGood, "API_REFUSED", failure.Message),
    };
}
