using System.Net;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Inventory.OpenStack.Steps;

/// <summary>Has Nova start a server that its database has on the target by now. It is looked at first: nothing is asked for twice.</summary>
internal sealed class ServerStart(OpenStackApis apis)
{
    private const int MaximumLooks = 3;

    public static PreparedStep Prepare(InventoryStep step) =>
        new KeptWrites { Start = true }.Prepared([$"Nova, server {step.Name} ({step.Instance}): start on {step.Target}"]);

    /// <exception cref="InventoryUnreachableException">Nova does not answer.</exception>
    public async Task<InventoryAnswer> CarryOutAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        try
        {
            OpenStackApiException? conflict = null;
            for (var look = 1; look <= MaximumLooks; look++)
            {
                var server = await apis.Compute.ServerAsync(step.Instance, cancellationToken);
                if (WhyNot(step, server) is { } refusal)
                {
                    return refusal;
                }

                if (server is { Status: "ACTIVE", TaskState: null })
                {
                    return new InventoryAnswer(StepOutcome.Succeeded, "", $"Nova runs it on {step.Target}.");
                }

                conflict = server is { Status: "SHUTOFF", TaskState: null } ? await StartAsync(step, cancellationToken) : null;
                if (conflict is null)
                {
                    await apis.Compute.AwaitActiveAsync(step.Instance, step.TimeLimit, cancellationToken);
                }
            }

            throw conflict ?? new OpenStackApiException(
                $"Server {step.Name} did not stay active on {step.Target}; see nova-compute's log there (openstack server event list {step.Instance}).",
                null, retryCanHelp: true);
        }
        catch (OpenStackApiException failure) when (failure is { Unanswered: true } or { Status: >= HttpStatusCode.InternalServerError })
        {
            // It belongs to the target already, so there is nothing to put back: Nova is asked until it answers.
            throw new InventoryUnreachableException(failure.Message, failure);
        }
        catch (OpenStackApiException failure)
        {
            var answer = ApiFailure.Answer(failure);
            return answer with { Message = $"{answer.Message} It belongs to {step.Target} by now: when the cause is gone, start it there (openstack server start {step.Instance})." };
        }
    }

    // Elsewhere, or in a state that only somebody else can have wanted.
    private static InventoryAnswer? WhyNot(InventoryStep step, ServerState server)
    {
        if (server.Status == "ERROR")
        {
            return new InventoryAnswer(
                StepOutcome.FailedForGood, "SERVER_ERROR",
                $"Nova has {step.Name} in ERROR: {server.Fault ?? "it does not say why"}. See nova-compute's log on {step.Target}, then openstack server reboot --hard {step.Instance}.");
        }

        if (server.Host != step.Target)
        {
            return new InventoryAnswer(
                StepOutcome.FailedForGood, "ELSEWHERE",
                server.Host is null
                    ? $"Nova does not show on which host {step.Name} is, so it was not started. Give Recovery's user the role admin, then start it (openstack server start {step.Instance})."
                    : $"Nova says that {step.Name} is on {server.Host} and not on {step.Target} any more, so somebody else moved it and it was not started. See where it shall run.");
        }

        return server is { TaskState: null, Status: not ("ACTIVE" or "SHUTOFF") }
            ? new InventoryAnswer(
                StepOutcome.FailedForGood, "SERVER_STATE",
                $"Nova has {step.Name} as {server.Status} on {step.Target}, which it was not when it was recovered: somebody else is at work on it, so it was not started.")
            : null;
    }

    /// <returns>Null when Nova took it; else that it has a task, or is active, since it was looked at.</returns>
    private async Task<OpenStackApiException?> StartAsync(InventoryStep step, CancellationToken cancellationToken)
    {
        try
        {
            await apis.Compute.StartAsync(step.Instance, cancellationToken);
            return null;
        }
        catch (OpenStackApiException conflict) when (conflict.Status == HttpStatusCode.Conflict)
        {
            return conflict;
        }
    }
}
