using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Responses;

internal static class RouteResource
{
    /// <summary>Where there is one way only, none is shown.</summary>
    public static RecoveryRoute? Shown(this RecoveryRoute route) => route == RecoveryRoute.Plain ? null : route;
}
