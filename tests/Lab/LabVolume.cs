namespace Recovery.Labs;

/// <summary>An iSCSI volume of the lab: LUN 1 of a target of its own.</summary>
/// <param name="TargetName">The target's IQN.</param>
/// <param name="TargetId">tgtd's own number of the target.</param>
/// <param name="SecretUuid">The UUID that the lab's own libvirt secret for it has on every host.</param>
public sealed record LabVolume(string Name, int SizeMiB, string TargetName, int TargetId, string Username, Guid SecretUuid)
{
    public const int Lun = 1;
}

/// <summary>A CHAP account in the form in which control planes read it from the lab's <c>chap.json</c>.</summary>
internal sealed record ChapAccount(string TargetName, string Username, string Password);
