using System.Globalization;
using System.Xml.Linq;
using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml;

/// <summary>
/// Reads the policy's <c>ready</c>: when the guest can be relied on. A gate that can't be understood does not count; a
/// slip in its details leaves it with the ordinary ones.
/// </summary>
internal static class ReadinessReader
{
    private const uint LongestPatience = 86_400;

    /// <returns>Null when it does not count; why is among the faults.</returns>
    public static ReadinessGate? Read(XElement ready, List<string> faults)
    {
        var before = faults.Count;
        var (agent, tcp, http) = (Agent(ready, faults), Tcp(ready, faults), Http(ready, faults));
        var isSaid = faults.Count > before;
        var (status, within) = (Status(ready, faults), Within(ready, faults));
        var asked = (agent ? 1 : 0) + (tcp is null ? 0 : 1) + (http is null ? 0 : 1);
        if (asked > 1)
        {
            faults.Add("A 'ready' names more than one to ask; http counts before tcp, and tcp before agent. Keep one of them.");
        }

        if (asked > 0)
        {
            return http is not null ? new ReadinessGate(Http: http, Status: status, WithinSeconds: within)
                : tcp is not null ? new ReadinessGate(Tcp: tcp, WithinSeconds: within)
                : new ReadinessGate(Agent: true, WithinSeconds: within);
        }

        if (!isSaid)
        {
            faults.Add("A 'ready' names nobody to ask, so it is ready when it runs; there are agent='yes', tcp='10.0.0.5:22' and http='http://10.0.0.5/health'.");
        }

        return null;
    }

    private static bool Agent(XElement ready, List<string> faults)
    {
        switch (ready.Get("agent")?.Trim())
        {
            case "yes":
                return true;
            case null or "no":
                return false;
            default:
                faults.Add($"agent={Sentence.Quote(ready.Get("agent"))} of 'ready' is neither 'yes' nor 'no', so the agent is not asked.");
                return false;
        }
    }

    private static string? Tcp(XElement ready, List<string> faults)
    {
        if (ready.Get("tcp")?.Trim() is not { } address)
        {
            return null;
        }

        if (Uri.TryCreate($"tcp://{address}", UriKind.Absolute, out var parts)
            && parts is { Host.Length: > 0, Port: > 0, UserInfo: "", PathAndQuery: "" or "/", Fragment: "" } && !address.EndsWith('/'))
        {
            return address;
        }

        faults.Add($"tcp={Sentence.Quote(address)} of 'ready' is no address with a port, such as 10.0.0.5:22, so it is not asked.");
        return null;
    }

    private static string? Http(XElement ready, List<string> faults)
    {
        if (ready.Get("http")?.Trim() is not { } url)
        {
            return null;
        }

        // A definition is shown to everybody who may look at the guest: no place for a password.
        if (Uri.TryCreate(url, UriKind.Absolute, out var parts) && parts is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "" })
        {
            return url;
        }

        faults.Add($"http={Sentence.Quote(WithoutPassword(url))} of 'ready' is no URL such as http://10.0.0.5/health, without a user or a password, so it is not asked.");
        return null;
    }

    private static string WithoutPassword(string url) =>
        url.LastIndexOf('@') is var at && at >= 0 ? string.Concat("…", url.AsSpan(at)) : url;

    private static uint Status(XElement ready, List<string> faults)
    {
        if (ready.Get("status") is not { } written)
        {
            return 200;
        }

        if (ready.Get("http") is null)
        {
            faults.Add($"status={Sentence.Quote(written)} of 'ready' means something only beside http, so it does not count.");
            return 200;
        }

        if (uint.TryParse(written.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 100 and <= 599)
        {
            return status;
        }

        faults.Add($"status={Sentence.Quote(written)} of 'ready' is no HTTP status from 100 to 599, so it counts as 200.");
        return 200;
    }

    private static uint Within(XElement ready, List<string> faults)
    {
        if (ready.Get("within-seconds") is not { } written)
        {
            return ReadinessGate.OrdinaryPatience;
        }

        if (uint.TryParse(written.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= LongestPatience)
        {
            return seconds;
        }

        faults.Add($"within-seconds={Sentence.Quote(written)} of 'ready' is no whole number from 1 to {LongestPatience}, so it counts as {ReadinessGate.OrdinaryPatience}.");
        return ReadinessGate.OrdinaryPatience;
    }
}
