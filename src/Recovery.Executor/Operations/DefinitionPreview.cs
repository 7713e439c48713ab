using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>What the define step would make of a definition on this host. Nothing is defined, nothing is logged.</summary>
internal sealed class DefinitionPreview(LibvirtSession libvirt, DefinitionFitting fitting)
{
    /// <exception cref="StepFailure">The definition can't be read, or is of another domain.</exception>
    /// <exception cref="LibvirtUnavailableException">There is no connection to libvirt now.</exception>
    /// <exception cref="LibvirtException">libvirt can't tell what this host offers.</exception>
    public async Task<PreviewReply> Show(PreviewRequest request)
    {
        var define = request.Define ?? new DefineDomain();
        var facts = DefinitionFitting.Facts(request.Instance, define);
        var connection = libvirt.Current;
        var fitted = await Task.Run(() => fitting.Fit(connection, request.Instance, define, facts));
        return new PreviewReply { Changes = { fitted.Changes }, Refusals = { fitted.Refusals } };
    }
}
