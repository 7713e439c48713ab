using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Whether a request may wish for a route: there is more than one only where Nova is.</summary>
internal static class AcceptanceRoute
{
    public static void Check(AskedRecovery asked, AcceptanceSight sight, List<Fault> faults)
    {
        if (asked.Route is not { } route)
        {
            return;
        }

        var pointer = asked.Plan?.Pointer ?? "/options/route";
        if (sight.Cloud is null)
        {
            faults.Add(new(FaultCodes.RouteNotHere,
                $"Routes are for OpenStack clouds; in a plain libvirt cluster, as this one is, there is one way only. Leave \"route\":\"{StateNames.Of(route)}\" out.")
            { Pointer = pointer });
        }

        if (asked.Kind == RecoveryKind.Resume)
        {
            faults.Add(new(FaultCodes.NotWithResume,
                "A route is how guests are brought up on another host, and a resume starts them on the host that they belong to. Leave route out, or ask for \"evacuate\".")
            { Pointer = pointer });
        }
    }
}
