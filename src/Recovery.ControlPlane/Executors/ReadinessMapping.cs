using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>The protocol's readiness gate, held against what can be asked: it was written by a guest's owner.</summary>
internal static class ReadinessMapping
{
    private const uint LongestPatience = 86_400;

    /// <returns>Null when there is none, or none that could be asked; why is among the faults.</returns>
    public static ReadinessGate? ToGate(Proto.ReadinessGate? said, List<string> faults)
    {
        if (said is null)
        {
            return null;
        }

        var given = (said.Agent ? 1 : 0) + (said.Tcp.Length > 0 ? 1 : 0) + (said.Http.Length > 0 ? 1 : 0);
        if (given != 1)
        {
            faults.Add($"It shall be ready when {given} of its agent, an address and a URL answer, and it must be one, so it is ready when it runs.");
            return null;
        }

        var within = (int)Within(said, faults);
        if (said.Agent)
        {
            return new ReadinessGate(ReadinessProbe.Agent, WithinSeconds: within);
        }

        if (said.Tcp.Length > 0)
        {
            return IsAddress(said.Tcp)
                ? new ReadinessGate(ReadinessProbe.Tcp, said.Tcp, WithinSeconds: within)
                : None($"It shall be ready when '{said.Tcp}' accepts, which is no address with a port, so it is ready when it runs.", faults);
        }

        return IsUrl(said.Http)
            ? new ReadinessGate(ReadinessProbe.Http, said.Http, (int)Status(said, faults), within)
            : None("It shall be ready when a URL answers, and that is no http or https URL without a user, so it is ready when it runs.", faults);
    }

    private static ReadinessGate? None(string fault, List<string> faults)
    {
        faults.Add(fault);
        return null;
    }

    private static bool IsAddress(string text) =>
        Uri.TryCreate($"tcp://{text}", UriKind.Absolute, out var parts)
        && parts is { Host.Length: > 0, Port: > 0, UserInfo: "", PathAndQuery: "" or "/", Fragment: "" };

    private static bool IsUrl(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var parts) && parts is { Scheme: "http" or "https", Host.Length: > 0, UserInfo: "" };

    private static uint Status(Proto.ReadinessGate said, List<string> faults)
    {
        if (said.Status is 0 or (>= 100 and <= 599))
        {
            return said.Status == 0 ? 200 : said.Status;
        }

        faults.Add($"The status {said.Status} that shall say that it is ready is no HTTP status; it counts as 200.");
        return 200;
    }

    private static uint Within(Proto.ReadinessGate said, List<string> faults)
    {
        if (said.WithinSeconds <= LongestPatience)
        {
            return said.WithinSeconds == 0 ? ReadinessGate.OrdinaryPatience : said.WithinSeconds;
        }

        faults.Add($"It shall be ready within {said.WithinSeconds} s, which is above {LongestPatience}; that counts as {ReadinessGate.OrdinaryPatience}.");
        return ReadinessGate.OrdinaryPatience;
    }
}
