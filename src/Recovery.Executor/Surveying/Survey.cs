using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Surveying;

/// <summary>Answers what this host would be to guests of others. Reads only.</summary>
internal sealed class Survey(LibvirtSession libvirt, CpuSurvey cpus, TimeProvider time, ILogger<Survey> log)
{
    public async Task<SurveyReply> Answer(SurveyRequest request, CancellationToken cancellation)
    {
        var processors = Task.Run(() => Cpus(request), cancellation);
        var portals = PortalSurvey.Dial(request.Portals, cancellation);
        var firmware = FirmwareSurvey.Look(request.FirmwarePaths, time, cancellation);
        return new SurveyReply { Cpus = { await processors }, Portals = { await portals }, Firmware = { await firmware } };
    }

    // Without libvirt nothing can be told of processors, and the network can be dialled all the same.
    private IReadOnlyList<CpuAnswer> Cpus(SurveyRequest request)
    {
        try
        {
            return cpus.Answer(libvirt.Current, request.Cpus);
        }
        catch (Exception away) when (away is LibvirtUnavailableException or LibvirtException)
        {
            log.LogDebug("libvirt can't compare processors now: {Reason}", away.Message);
            return [];
        }
    }
}
