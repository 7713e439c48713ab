using System.Text.Json;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>One way to switch a host off: a fence agent and what it has to be told.</summary>
/// <param name="Agent">Name of a fence agent that is installed beside the control plane: fence_ipmilan.</param>
/// <param name="Options">The agent's options without secrets, all as strings.</param>
/// <param name="SecretOptions">Options whose value is not told here: option and name of the file that holds it, or env:RECOVERY_SECRET_NAME for an environment variable of the control plane.</param>
/// <param name="TimeoutSeconds">For each call of the agent, 1 to 600; 60 when left out.</param>
/// <param name="Tries">How often this level is tried before the next one, 1 to 10; 2 when left out.</param>
public sealed record FenceBody(
    string Agent,
    IReadOnlyDictionary<string, string>? Options = null,
    IReadOnlyDictionary<string, string>? SecretOptions = null,
    int? TimeoutSeconds = null,
    int? Tries = null)
{
    private const int MaximumOptions = 64;

    /// <summary>Null when something is wrong with it, which is noted.</summary>
    internal static FenceLevel? Read(Named<JsonElement> level, FenceRules rules, List<Fault> faults)
    {
        var before = faults.Count;
        var body = new ObjectReader(level.Value, "a fence level", level.Pointer, faults);
        var agent = body.String("agent", "the name of a fence agent, such as \"fence_ipmilan\"", required: true);
        if (agent is not null)
        {
            rules.CheckAgent(agent, body.At("agent"), faults);
        }

        var options = ReadPairs(body, "options", faults);
        foreach (var option in options)
        {
            rules.CheckOption(option.Value.Key, option.Value.Value, option.Pointer, faults);
        }

        var secrets = ReadPairs(body, "secretOptions", faults);
        foreach (var secret in secrets)
        {
            rules.CheckSecret(secret.Value.Key, secret.Value.Value, secret.Pointer, faults);
            if (options.Any(option => option.Value.Key == secret.Value.Key))
            {
                faults.Add(new(FaultCodes.DuplicateMember, $"{Shown.Text(secret.Value.Key)} is among options and secretOptions. Give it once.")
                { Pointer = secret.Pointer });
            }
        }

        var seconds = body.Integer("timeoutSeconds", 1, 600);
        var tries = body.Integer("tries", 1, 10);
        body.End();
        return faults.Count > before
            ? null
            : new FenceLevel(agent!, Dictionary(options), Dictionary(secrets), seconds ?? 60, tries ?? 2);
    }

    private static List<Named<KeyValuePair<string, string>>> ReadPairs(ObjectReader body, string name, List<Fault> faults)
    {
        var pairs = body.Object(name)?.Pairs().ToList() ?? [];
        if (pairs.Count > MaximumOptions)
        {
            faults.Add(new(FaultCodes.TooLong, $"\"{name}\" has {pairs.Count} members; {MaximumOptions} are allowed.") { Pointer = body.At(name) });
        }

        return pairs;
    }

    private static Dictionary<string, string> Dictionary(List<Named<KeyValuePair<string, string>>> pairs) =>
        pairs.ToDictionary(pair => pair.Value.Key, pair => pair.Value.Value, StringComparer.Ordinal);
}
