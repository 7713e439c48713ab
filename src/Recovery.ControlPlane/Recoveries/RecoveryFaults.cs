using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Faults that several requests have in common.</summary>
internal static class RecoveryFaults
{
    public static Fault NotFound(string id) => new(FaultCodes.NoSuchRecovery,
        $"There is no recovery \"{id}\". GET /v1/recoveries lists them, newest first; an id is a UUID.")
    { Parameter = "id" };

    public static Fault NoSuchInstance(Guid recovery, string instance) => new(FaultCodes.NoSuchInstance,
        $"Instance \"{instance}\" is not part of recovery {recovery}. GET /v1/recoveries/{recovery}/instances lists those that are; they are known once it is planned.")
    { Parameter = "instance" };

    public static Fault Ended(RecoveryRow recovery) => new(FaultCodes.RecoveryFinal,
        $"Recovery {recovery.Id} has ended already: {StateNames.Of(recovery.State)}. What it moved stays where it is. What it did not move can be retried: GET /v1/recoveries/{recovery.Id}/instances shows which.")
    { Parameter = "id", Recovery = recovery.Id };
}
