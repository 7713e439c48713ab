using System.Net;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>Binds an instance's ports to another host by Neutron's API, and back: then Neutron itself tells its agents.</summary>
internal sealed class PortSteps(OpenStackApis apis)
{
    private const string OwnerPrefix = "compute:";

    /// <summary>Where each port goes, and where it was.</summary>
    public static PreparedStep Prepare(InstanceFacts instance, TargetFacts target)
    {
        PortTurn[] turns =
        [
            .. from port in instance.Ports
               let active = port.Bindings.FirstOrDefault(binding => binding.Status == "ACTIVE")
               where active is not null && active.Host != target.Host
               select new PortTurn(port.Id, target.Host, target.Zone, active.Host, ZoneIn(port.DeviceOwner, target.Zone)),
        ];
        return Prepared(turns);
    }

    /// <param name="begun">As the binding was prepared.</param>
    public static PreparedStep PrepareReturn(IReadOnlyList<PortTurn> begun) => Prepared(
        [.. begun.Select(turn => new PortTurn(turn.Port, turn.FromHost, turn.FromZone, turn.Host, turn.Zone))]);

    /// <summary>Doing it twice is one.</summary>
    /// <exception cref="InventoryUnreachableException">Neutron does not answer.</exception>
    public async Task<InventoryAnswer> CarryOutAsync(
        InventoryStep step, IReadOnlyList<PortTurn> turns, CancellationToken cancellationToken)
    {
        try
        {
            foreach (var turn in turns)
            {
                await BindAsync(step, turn, cancellationToken);
            }

            return new InventoryAnswer(
                StepOutcome.Succeeded, "", turns.Count == 1 ? "1 port is bound by Neutron." : $"{turns.Count} ports are bound by Neutron.");
        }
        catch (OpenStackApiException failure)
        {
            return ApiFailure.Answer(failure);
        }
    }

    private async Task BindAsync(InventoryStep step, PortTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            await apis.Network.BindAsync(turn.Port, turn.Host, turn.Zone, cancellationToken);
        }
        catch (OpenStackApiException gone) when (step.Action == StepAction.ReturnPorts && gone.Status == HttpStatusCode.NotFound)
        {
            // Somebody deleted it: there is nothing to return.
        }
        catch (OpenStackApiException unbound) when (step.Action == StepAction.ReturnPorts && unbound is { Status: null, Unanswered: false })
        {
            // The agents of a dead host bind nothing. What counts is whose the port is: whoever starts the guest binds it anew.
            if ((await apis.Network.PortAsync(turn.Port, cancellationToken)).Host != turn.Host)
            {
                throw;
            }
        }
    }

    private static PreparedStep Prepared(PortTurn[] turns) => turns.Length == 0
        ? PreparedStep.NothingForeign
        : new KeptWrites { Ports = turns }.Prepared(
            [.. turns.Select(turn => $"Neutron, port {turn.Port}: bound to {turn.FromHost} → {turn.Host} by the API, device_owner {OwnerPrefix}{turn.FromZone} → {OwnerPrefix}{turn.Zone}")]);

    private static string ZoneIn(string owner, string otherwise) =>
        owner.StartsWith(OwnerPrefix, StringComparison.Ordinal) ? owner[OwnerPrefix.Length..] : otherwise;
}
