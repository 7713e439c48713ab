using System.Text.Json;
using System.Text.RegularExpressions;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>What an operator says of a host.</summary>
/// <param name="Executor">Where its executor listens: http or https, host and port.</param>
/// <param name="FailureDomain">What fails together with it, up to 100 characters: a rack, a power feed.</param>
/// <param name="Zone">Its availability zone, up to 100 characters. Instances bound to a zone go to its hosts only.</param>
/// <param name="Aggregates">Names of groups of hosts that it is a member of, up to 64.</param>
/// <param name="Traits">What it has beyond numbers, such as ssd or HW_CPU_X86_AVX2, up to 256.</param>
/// <param name="Spare">It takes instances when no other host can.</param>
/// <param name="Limits">How full it may become, where that differs from what is configured for all.</param>
/// <param name="Fencing">Ways to switch it off, in order of trial, up to 8. Without any, evacuating it waits for an attestation.</param>
public sealed partial record HostBody(
    string Executor,
    string? FailureDomain = null,
    string? Zone = null,
    IReadOnlyList<string>? Aggregates = null,
    IReadOnlyList<string>? Traits = null,
    bool? Spare = null,
    HostLimitsBody? Limits = null,
    IReadOnlyList<FenceBody>? Fencing = null)
{
    public const string Example =
        """
        {"executor":"http://10.0.0.11:7071","failureDomain":"rack-4","zone":"east","aggregates":["gold"],"traits":["ssd"],"spare":false,"limits":{"memoryOvercommit":1.2,"reservedMemoryMib":2048},"fencing":[{"agent":"fence_ipmilan","options":{"ip":"10.0.1.11","username":"recovery","lanplus":"1"},"secretOptions":{"password":"node1-bmc"},"timeoutSeconds":60,"tries":2}]}
        """;

    private const int MaximumLevels = 8;
    private const int MaximumAggregates = 64;
    private const int MaximumTraits = 256;

    /// <summary>Null when something is wrong; the faults say what.</summary>
    internal static SaidOfHost? Read(JsonElement json, FenceRules rules, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var said = new SaidOfHost
        {
            Executor = ReadExecutor(body, faults) ?? "",
            FailureDomain = Texts.Read(body, "failureDomain", "what fails together with the host", 100, required: false, faults) ?? "",
            Zone = Texts.Read(body, "zone", "its availability zone", 100, required: false, faults) ?? "",
            Aggregates = Labels(body, "aggregates", "name of an aggregate", MaximumAggregates, faults),
            Traits = Labels(body, "traits", "trait", MaximumTraits, faults),
            Spare = body.Boolean("spare") ?? false,
            Limits = HostLimitsBody.Read(body.Object("limits")),
            Fencing = [.. body.Elements("fencing", "an array of fence levels", MaximumLevels)
                .Select(level => FenceBody.Read(level, rules, faults))
                .OfType<FenceLevel>()],
        };
        body.End();
        return faults.Count > 0 ? null : said;
    }

    // Placement's traits and Nova's aggregates fit; commas and spaces would not survive a table or a list in metadata.
    private static List<string> Labels(ObjectReader body, string member, string wanted, int maximum, List<Fault> faults)
    {
        var labels = new List<string>();
        foreach (var label in body.Strings(member, wanted, maximum))
        {
            if (!Label().IsMatch(label.Value))
            {
                faults.Add(new(FaultCodes.InvalidValue,
                    $"{Shown.Text(label.Value)} is no {wanted}: 1 to 100 letters, digits, points, dashes, colons and underscores.")
                { Pointer = label.Pointer });
            }
            else if (labels.Contains(label.Value))
            {
                faults.Add(new(FaultCodes.LabelTwice, $"{label.Value} is named twice in {member}. Name it once.") { Pointer = label.Pointer });
            }
            else
            {
                labels.Add(label.Value);
            }
        }

        return labels;
    }

    [GeneratedRegex(@"\A[A-Za-z0-9_.:-]{1,100}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Label();

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
