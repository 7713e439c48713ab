using System.Text.Json;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>What an operator says of a host.</summary>
/// <param name="Executor">Where its executor listens: http or https, host and port.</param>
/// <param name="FailureDomain">What fails together with it, up to 100 characters: a rack, a power feed.</param>
/// <param name="Fencing">Ways to switch it off, in order of trial, up to 8. Without any, evacuating it waits for an attestation.</param>
public sealed record HostBody(string Executor, string? FailureDomain = null, IReadOnlyList<FenceBody>? Fencing = null)
{
    public const string Example =
        """
        {"executor":"http://10.0.0.11:7071","failureDomain":"rack-4","fencing":[{"agent":"fence_ipmilan","options":{"ip":"10.0.1.11","username":"recovery","lanplus":"1"},"secretOptions":{"password":"node1-bmc"},"timeoutSeconds":60}]}
        """;

    private const int MaximumLevels = 8;

    /// <summary>Null when something is wrong; the faults say what.</summary>
    internal static (string Executor, string FailureDomain, List<FenceLevel> Fencing)? Read(
        JsonElement json, FenceRules rules, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var executor = ReadExecutor(body, faults);
        var failureDomain = Texts.Read(body, "failureDomain", "what fails together with the host", 100, required: false, faults);
        var levels = body.Elements("fencing", "an array of fence levels", MaximumLevels)
            .Select(level => FenceBody.Read(level, rules, faults))
            .OfType<FenceLevel>()
            .ToList();
        body.End();
        return faults.Count > 0 ? null : (executor!, failureDomain ?? "", levels);
    }

    private static string? ReadExecutor(ObjectReader body, List<Fault> faults)
    {
        const string Wanted = "http://ADDRESS:PORT or https://ADDRESS:PORT, as http://10.0.0.11:7071";
        if (body.String("executor", $"where the executor listens, {Wanted}", required: true) is not { } text)
        {
            return null;
        }

        if (text.Length > 300
            || !Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https")
            || uri.Host.Length == 0
            || uri.Port is < 1 or > 65_535
            || uri.UserInfo.Length > 0
            || uri.PathAndQuery != "/"
            || uri.Fragment.Length > 0
            || !text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal))
        {
            // Not repeated: an address that somebody wrote a password into is wrong here too.
            faults.Add(new(FaultCodes.InvalidValue, $"executor is no address of an executor: {Wanted}; with a port, without user, path or query.")
            { Pointer = "/executor" });
            return null;
        }

        return $"{uri.Scheme}://{uri.Authority}" is var address && uri.IsDefaultPort ? $"{address}:{uri.Port}" : $"{uri.Scheme}://{uri.Authority}";
    }
}
