using System.Text.Json;
using Recovery.ControlPlane.Api.OpenApi;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api;

/// <summary><c>/v1/recoveries/{id}</c>: what can be asked of one that is there.</summary>
internal static class RecoveryActionEndpoints
{
    public static void MapRecoveryActions(this IEndpointRouteBuilder routes)
    {
        var recovery = routes.MapGroup("/v1/recoveries/{id}").WithTags("Stepping in");
        recovery.MapPost("/pause", (string id, [AsParameters] Asking asking, OperatorControl control) => asking.OfAsync(
                id, OperatorBody.Example, OperatorBody.Read, (recovery, by) => control.PauseAsync(recovery, by, asking.Ended)))
            .Is("Pause a recovery",
                "Steps that run are finished, nothing new starts until it is continued. What was recovered runs on. Asking twice is asking once.")
            .Takes<OperatorBody>(OperatorBody.Example)
            .IsOfRecovery("It will pause; Location names it.", "It has ended already, or is being cancelled.");
        recovery.MapPost("/continue", (string id, [AsParameters] Asking asking, OperatorControl control) => asking.OfAsync(
                id, OperatorBody.Example, OperatorBody.Read, (recovery, by) => control.ContinueAsync(recovery, by, asking.Ended)))
            .Is("Continue a paused recovery", "It goes on where it stopped. One that is not paused stays as it is.")
            .Takes<OperatorBody>(OperatorBody.Example)
            .IsOfRecovery("It goes on; Location names it.", "It has ended already.");
        recovery.MapPost("/cancel", (string id, [AsParameters] Asking asking, OperatorControl control) => asking.OfAsync(
                id, CancelBody.Example, CancelBody.Read, (recovery, wish) => control.CancelAsync(recovery, wish.UnderWay, wish.By, asking.Ended)))
            .Is("Cancel a recovery",
                "No instance is begun any more, and what was recovered stays where it is. What is under way is finished, or put back with underWay putBack; a later cancel may change finish to putBack, and not the other way. A paused recovery is paused no longer. Asking twice is asking once.")
            .Takes<CancelBody>(CancelBody.Example, CancelBody.PutBackExample)
            .IsOfRecovery("It will end; Location names it.", "It has ended already, or what is under way is being put back and can't be finished after all.");
        recovery.MapPut("/limits", (string id, [AsParameters] Asking asking, OperatorControl control) => asking.OfAsync(
                id, RecoveryLimitsBody.Example, RecoveryLimitsBody.Read, (recovery, wish) => control.LimitAsync(recovery, wish.Limits, wish.By, asking.Ended)))
            .Is("Raise or lower the limits of a recovery",
                "How many instances are brought up at the same time from now on; what is left out stays as it is. What runs now is not disturbed: lowered limits count as instances end.")
            .Takes<RecoveryLimitsBody>(RecoveryLimitsBody.Example)
            .IsOfRecovery("They are changed; Location names the recovery.", "It has ended already.");
        recovery.MapPost("/instances/{instance}/skip", (string id, string instance, [AsParameters] Asking asking, OperatorControl control) => asking.OfAsync(
                id, instance, (recovery, its, by) => control.SkipAsync(recovery, its, by, asking.Ended)))
            .Is("Leave one instance of a recovery alone",
                "For an instance that waits for its turn: it is not begun. It can be retried when the recovery has ended. Asking twice is asking once.")
            .Takes<OperatorBody>(OperatorBody.Example)
            .IsOfRecovery("It will be skipped; Location names its recovery.", "It was begun or has ended already, or its recovery has.", ofInstance: true);
        recovery.MapPost("/instances/{instance}/retry", (string id, string instance, [AsParameters] Asking asking, Retry retry) => asking.OfAsync(
                id, instance, (recovery, its, by) => retry.RetryAsync(recovery, its, by, asking.Ended)))
            .Is("Try one instance of a recovery again",
                "For an instance that failed, found no place or was skipped, once its recovery has ended: it is planned anew and its host has to be proven off still.")
            .Takes<OperatorBody>(OperatorBody.Example)
            .IsOfRecovery("It will be tried; Location names its recovery.", "It can't be retried as it stands, its recovery has not ended, its host is alive, or another live recovery involves it.", ofInstance: true)
            .Refuses(StatusCodes.Status422UnprocessableEntity, "The instance belongs to another host by now.");
    }

    private static RouteHandlerBuilder IsOfRecovery(
        this RouteHandlerBuilder operation, string accepted, string notNow, bool ofInstance = false)
    {
        operation.Path("id", "The recovery's UUID.");
        if (ofInstance)
        {
            operation.Path("instance", "The instance's UUID.");
        }

        return operation
            .Answers<RecoveryResource>(StatusCodes.Status202Accepted, accepted, Acceptable.Json, Acceptable.Text)
            .Refuses(StatusCodes.Status400BadRequest, "The body is wrong; every fault is named.")
            .Refuses(StatusCodes.Status404NotFound, $"There is no such recovery{(ofInstance ? ", or the instance is not part of it" : "")}.")
            .Refuses(StatusCodes.Status409Conflict, notNow);
    }
}

/// <summary>A request that asks something of a recovery: its body is read, what it asks is done, and the recovery answered.</summary>
internal sealed record Asking(HttpRequest Request, RecoveryList Recoveries, TimeProvider Time, CancellationToken Ended)
{
    /// <summary>Asks it of one instance; the body says who and why.</summary>
    public Task<IResult> OfAsync(
        string id, string instance, Func<Guid, Guid, Persistence.OperatorWord, Task<IReadOnlyList<Fault>>> act) => OfAsync(
        id,
        OperatorBody.Example,
        OperatorBody.Read,
        (recovery, by) => Guid.TryParseExact(instance, "D", out var its)
            ? act(recovery, its, by)
            : Task.FromResult<IReadOnlyList<Fault>>([RecoveryFaults.NoSuchInstance(recovery, instance)]));

    /// <param name="id">The recovery, as the path names it.</param>
    /// <param name="example">A body that would do.</param>
    /// <param name="read">Reads the body; notes faults.</param>
    /// <param name="act">Does it, or says what stands against it.</param>
    public async Task<IResult> OfAsync<T>(
        string id,
        string example,
        Func<JsonElement, List<Fault>, T?> read,
        Func<Guid, T, Task<IReadOnlyList<Fault>>> act)
        where T : class
    {
        var (document, unread) = await BodyReader.ReadAsync(Request, example);
        using (document)
        {
            var faults = new List<Fault>();
            var wish = unread is null ? read(document!.RootElement, faults) : null;
            if (unread is not null)
            {
                faults.Add(unread);
            }

            if (await Recoveries.FindAsync(id, Ended) is not { } row)
            {
                faults.Add(RecoveryFaults.NotFound(id));
            }
            else if (faults.Count == 0)
            {
                faults.AddRange(await act(row.Id, wish!));
            }

            return faults.Count > 0
                ? Problems.From(faults)
                : await RecoveryAnswers.AcceptedAsync(Guid.ParseExact(id, "D"), Request, Recoveries, Time, Ended);
        }
    }
}
