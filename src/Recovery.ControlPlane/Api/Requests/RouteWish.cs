using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The option <c>route</c> of a recovery: the only way by which its instances may be brought up in a cloud.</summary>
internal static class RouteWish
{
    // Plain is what there is where there are no routes; nobody can wish for it.
    private static readonly string[] Names = [StateNames.Of(RecoveryRoute.Direct), StateNames.Of(RecoveryRoute.Assisted)];

    /// <summary>Null when it is missing or wrong, which is noted.</summary>
    public static RecoveryRoute? Read(ObjectReader options, List<Fault> faults)
    {
        if (options.String("route", "\"direct\" or \"assisted\"") is not { } name)
        {
            return null;
        }

        if (Names.Contains(name, StringComparer.Ordinal))
        {
            return StateNames.Parse<RecoveryRoute>(name);
        }

        faults.Add(new(FaultCodes.UnknownRoute,
            $"There is no route {Shown.Text(name)}.{Nearest.Hint(name, Names)} \"direct\" has the executors start the guests, \"assisted\" has Nova start them; leave it out for whichever is best for each.")
        { Pointer = options.At("route") });
        return null;
    }
}
