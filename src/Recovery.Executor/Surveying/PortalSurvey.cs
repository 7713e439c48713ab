using Recovery.Executor.Iscsi;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Surveying;

/// <summary>Dials portals: whether somebody answers there says whether this host could be a guest's next one.</summary>
internal static class PortalSurvey
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Enough for all portals of a cluster at once, and no flood of connections if there are absurdly many.
    private const int DialledAtOnce = 64;

    public static async Task<IReadOnlyList<PortalAnswer>> Dial(IReadOnlyList<Portal> portals, CancellationToken cancellation)
    {
        var answers = new PortalAnswer[portals.Count];
        await Parallel.ForAsync(0, portals.Count, new ParallelOptions { MaxDegreeOfParallelism = DialledAtOnce, CancellationToken = cancellation },
            async (index, cancel) => answers[index] = await Dial(portals[index], cancel));
        return answers;
    }

    private static async ValueTask<PortalAnswer> Dial(Portal asked, CancellationToken cancellation)
    {
        var answer = new PortalAnswer { Portal = asked };
        if (asked.Host.Length == 0 || asked.Port is 0 or > 65535)
        {
            answer.Reason = $"'{asked.Host}' port {asked.Port} is no portal; correct the volume's definition";
            return answer;
        }

        var portal = new IscsiPortal(asked.Host, (int)asked.Port);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Patience);
        try
        {
            await (await portal.Resolved(limit.Token)).Knock(limit.Token);
            answer.Reachable = true;
        }
        catch (Exception closed) when (closed is IscsiException or ArgumentException)
        {
            answer.Reason = closed.Message;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            answer.Reason = $"iSCSI portal {portal} did not answer within {Patience.TotalSeconds:0} s; check the network between this host and the storage";
        }

        return answer;
    }
}
