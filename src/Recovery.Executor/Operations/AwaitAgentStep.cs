using Recovery.Executor.DomainXml;
using Recovery.Executor.DomainXml.Document;
using Recovery.Executor.Libvirt;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>Waits until the guest's own agent answers. Only looks, so a stop need not wait until its patience is over.</summary>
internal sealed class AwaitAgentStep(TimeProvider time, Action<LibvirtDomain>? ping = null) : IStep
{
    private const int PatienceSeconds = 1;
    private const string Channel = "org.qemu.guest_agent.0";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Action<LibvirtDomain> ping = ping ?? (domain => domain.PingAgent(PatienceSeconds));

    public StepCommand.ActionOneofCase Action => StepCommand.ActionOneofCase.AwaitAgent;

    public bool TakesTurn => false;

    public async Task<StepSuccess> CarryOut(StepContext context, CancellationToken deadline)
    {
        var begin = time.GetTimestamp();
        var reason = "";
        while (true)
        {
            // libvirt can't be interrupted: a call that hangs is left behind when the time is up.
            var asking = Ask(context);
            await ((Task)asking).WaitAsync(deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!asking.IsCompleted) throw Silent(context, reason.Length > 0 ? reason : "the question is still under way");
            var silence = await asking;
            if (silence.Length == 0) return new StepSuccess($"the guest agent answers, after {time.GetElapsedTime(begin).TotalSeconds:0} s");
            if (silence != reason) context.Report($"the guest agent does not answer yet: {reason = silence}");
            await Task.Delay(Interval, time, deadline).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (deadline.IsCancellationRequested) throw Silent(context, reason);
        }
    }

    // Empty: it answered; else why not yet.
    private Task<string> Ask(StepContext context) => context.Libvirt("asking the guest agent", connection =>
    {
        using var domain = LibvirtDomain.FindByUuid(connection, context.Instance) ?? throw context.DomainNotFound();
        if (!domain.IsActive())
            throw new StepFailure(ErrorCode.DomainNotRunning, $"{domain.Name} does not run ({domain.State()}), so there is no guest agent to wait for");
        if (!HasAgent(domain.LiveXml()))
            throw new StepFailure(ErrorCode.AgentSilent, $"{domain.Name} runs, and its definition has no channel to a guest agent ({Channel}): give it one, "
                + "or ask its policy's 'ready' for tcp or http instead of the agent");
        try
        {
            ping(domain);
            return "";
        }
        catch (LibvirtException silent) when (!silent.ConnectionLost && silent.Code is not (LibvirtErrorCode.NoDomain or LibvirtErrorCode.NoSupport))
        {
            return silent.Message;
        }
    });

    private static bool HasAgent(string liveXml)
    {
        try
        {
            return DomainDocument.Parse(liveXml).Domain.Devices("channel").Any(channel => channel.Element("target")?.Attribute("name")?.Value == Channel);
        }
        catch (DomainXmlException)
        {
            return true; // What can't be read may have one.
        }
    }

    private static StepFailure Silent(StepContext context, string reason) => new(ErrorCode.AgentSilent,
        $"the guest agent of instance {context.Instance} did not answer in time ({reason}); the guest itself runs. Look whether qemu-guest-agent is installed and started in it");
}
