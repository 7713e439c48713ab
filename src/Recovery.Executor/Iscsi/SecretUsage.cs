namespace Recovery.Executor.Iscsi;

/// <summary>Usage ids under which an instance's CHAP passwords are left with libvirt.</summary>
internal static class SecretUsage
{
    /// <summary>One for each target of an instance: its logical units share the login.</summary>
    public static string Of(string instance, string targetName) => Prefix(instance) + targetName;

    /// <summary>What every usage id of this instance begins with, and none of another instance.</summary>
    public static string Prefix(string instance) => $"recovery/{instance}/";
}
