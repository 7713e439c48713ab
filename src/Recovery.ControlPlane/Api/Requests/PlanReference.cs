using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The member <c>plan</c> of a recovery: a plan that was made before says itself what is recovered, and how.</summary>
internal static class PlanReference
{
    // All that the plan has decided already.
    private static readonly string[] Decided =
        ["kind", "hosts", "instances", "targets", "excludedTargets", "excludedInstances"];

    /// <summary>Null when it is missing or wrong, which is noted.</summary>
    public static Named<Guid>? Read(ObjectReader body, List<Fault> faults)
    {
        if (!body.Has("plan"))
        {
            body.String("plan", "the id of a plan");
            return null;
        }

        foreach (var member in Decided.Where(body.Has))
        {
            faults.Add(Both(member, body.At(member)));
        }

        if (body.String("plan", "the id of a plan") is not { } text)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var id))
        {
            return new(id, body.At("plan"));
        }

        faults.Add(new(FaultCodes.InvalidValue, $"{Shown.Text(text)} is no id of a plan: a UUID, as POST /v1/plans answers it.") { Pointer = body.At("plan") });
        return null;
    }

    public static Fault Both(string member, string pointer) => new(FaultCodes.NotWithPlan,
        $"The plan says itself what \"{member}\" would say. Leave it out, or ask for another plan with POST /v1/plans.")
    { Pointer = pointer };
}
