using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>A recovery that names a plan asks for what that plan was asked for. Pure.</summary>
internal static class AskedByPlan
{
    /// <param name="asked">Names a plan.</param>
    /// <param name="row">That plan; null when it is not kept.</param>
    /// <param name="now">It must not have expired.</param>
    public static AskedRecovery Of(AskedRecovery asked, PlanRow? row, DateTimeOffset now)
    {
        var plan = asked.Plan!;
        if (row is null)
        {
            return asked with
            {
                Faults = [.. asked.Faults, new(FaultCodes.UnknownPlan,
                    $"No plan {plan.Value} is kept here: it was never made here, or it is forgotten by now. Make a new one with POST /v1/plans.")
                    { Pointer = plan.Pointer }],
            };
        }

        if (row.ExpiresAt < now)
        {
            asked = asked with
            {
                Faults = [.. asked.Faults, new(FaultCodes.PlanExpired,
                    $"Plan {row.Id} was made at {row.At:yyyy-MM-dd HH:mm:ss}Z and expired at {row.ExpiresAt:yyyy-MM-dd HH:mm:ss}Z. Make a new one with POST /v1/plans.")
                    { Pointer = plan.Pointer }],
            };
        }

        var request = row.Request;
        return asked with
        {
            Kind = request.Kind,
            Hosts = row.WholeHosts ? Named(request.Hosts) : [],
            Instances = Named(request.Instances),
            Targets = Named(request.Targets),
            ExcludedTargets = Named(request.ExcludedTargets),
            ExcludedInstances = Named(request.ExcludedInstances),
            IgnoreDependencies = request.IgnoreDependencies,
            EvenIfAlive = request.EvenIfAlive,
            Route = request.Route,
            MaxParallel = asked.MaxParallel ?? request.MaxParallel,
        };

        IReadOnlyList<Named<T>> Named<T>(IReadOnlyList<T> values) => [.. values.Select(value => new Named<T>(value, plan.Pointer))];
    }
}
