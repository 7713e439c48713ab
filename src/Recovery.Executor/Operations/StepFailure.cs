using Recovery.Executor.Iscsi;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>A step that ended without what it was for. The message says what happened, where, and what can be done.</summary>
internal sealed class StepFailure(ErrorCode code, string message, bool retryCanHelp = false, IReadOnlyList<string>? refusals = null)
    : Exception(message)
{
    public ErrorCode Code { get; } = code;

    public bool RetryCanHelp { get; } = retryCanHelp;

    public IReadOnlyList<string> Refusals { get; } = refusals ?? [];

    /// <summary>What libvirt said, under the sentence of what was being done.</summary>
    public static StepFailure From(LibvirtException refused, string during) => refused.ConnectionLost
        ? new StepFailure(ErrorCode.LibvirtUnavailable, $"{during}: the connection to libvirt broke ({refused.Message}); "
            + "it is not known whether this took effect. Check libvirtd on this host, then repeat", retryCanHelp: true)
        : new StepFailure(ErrorCode.LibvirtRefused, $"{during}: libvirt refused: {refused.Message} (error {(int)refused.Code})", refused.RetryCanHelp);

    public static StepFailure From(IscsiException failure) => new(
        failure.Fault switch
        {
            IscsiFault.LoginRefused => ErrorCode.LoginRefused,
            IscsiFault.LunMissing => ErrorCode.LunMissing,
            _ => ErrorCode.PortalUnreachable,
        },
        failure.Message,
        failure.RetryCanHelp);
}
