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
}
