using Grpc.Core;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Detection;

/// <summary>Asks one host's executor the survey's questions.</summary>
public sealed class HostSurveyor(ExecutorChannels channels, TimeProvider time, ILogger<HostSurveyor> log)
{
    // Portals are dialled for two seconds; libvirt may look at its QEMU binaries anew before it compares processors.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What it answered; what it can't tell is missing.</summary>
    /// <returns>Null when it did not answer in time, or is too old to be asked: then nothing new is known.</returns>
    public async Task<SurveyAnswers?> AskAsync(
        string host, string address, SurveyQuestions questions, CancellationToken cancellationToken)
    {
        try
        {
            var client = new Proto.Executor.ExecutorClient(channels.To(address));
            var reply = await client.SurveyAsync(
                ToProto(questions), deadline: (time.GetUtcNow() + Patience).UtcDateTime, cancellationToken: cancellationToken);
            return ToAnswers(reply, questions);
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception failure) when (failure is RpcException or ExecutorUnreachableException or ObjectDisposedException)
        {
            log.LogDebug("{Host} does not answer the survey: {Reason}", host, failure.Message);
            return null;
        }
    }

    private static Proto.SurveyRequest ToProto(SurveyQuestions questions) => new()
    {
        Cpus =
        {
            questions.Cpus.Select(cpu => new Proto.CpuQuestion
            {
                Id = cpu.Id,
                CpuXml = cpu.CpuXml,
                DomainType = cpu.DomainType,
                Architecture = cpu.Architecture,
                MachineType = cpu.MachineType,
                SourceCpuModel = cpu.SourceCpuModel,
            }),
        },
        Portals = { questions.Portals.Select(portal => new Proto.Portal { Host = portal.Host, Port = (uint)portal.Port }) },
        FirmwarePaths = { questions.Firmware },
    };

    // Only answers to what was asked: an executor's slip must not become a fact about something else.
    private SurveyAnswers ToAnswers(Proto.SurveyReply reply, SurveyQuestions questions)
    {
        var asked = questions.Cpus.Select(cpu => cpu.Id).ToHashSet(StringComparer.Ordinal);
        var backends = questions.Portals.ToDictionary(portal => (portal.Host, (uint)portal.Port), portal => portal.Backend);
        return new SurveyAnswers
        {
            At = time.GetUtcNow(),
            Cpus = reply.Cpus.Where(answer => asked.Contains(answer.Id)).DistinctBy(answer => answer.Id)
                .ToDictionary(answer => answer.Id, answer => new CpuFit(answer.Fits, answer.Reason)),
            Backends = reply.Portals
                .Where(answer => answer.Portal is not null && backends.ContainsKey((answer.Portal.Host, answer.Portal.Port)))
                .DistinctBy(answer => (answer.Portal.Host, answer.Portal.Port))
                .ToDictionary(
                    answer => backends[(answer.Portal.Host, answer.Portal.Port)],
                    answer => new BackendReach(answer.Reachable, answer.Reason)),
            Firmware = reply.Firmware.Where(answer => questions.Firmware.Contains(answer.Path)).DistinctBy(answer => answer.Path)
                .ToDictionary(answer => answer.Path, answer => answer.Exists),
        };
    }
}
