using System.Text;
using System.Text.RegularExpressions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Fencing;

/// <summary>
/// What an agent reads on its standard input, per FenceAgentAPI: one <c>key=value</c> a line, no newline in a value.
/// </summary>
/// <param name="Text">All of the input; it contains secrets.</param>
/// <param name="Secrets">Their values, in order to take them out of whatever the agent prints.</param>
internal sealed partial record FenceAgentInput(string Text, IReadOnlyList<string> Secrets)
{
    // The default ToString of a record would print the secrets.
    public override string ToString() => "(input of a fence agent)";

    /// <summary>Reads the secrets now: a password that was changed in its file needs no restart.</summary>
    /// <exception cref="FenceLevelException">An option can't be given to an agent, or a secret can't be read.</exception>
    public static async Task<FenceAgentInput> BuildAsync(
        FenceLevel level, string host, string action, FencingOptions options, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var secrets = new List<string>();
        Append(text, "nodename", host);
        foreach (var (key, value) in level.Options)
        {
            Append(text, Own(key), value);
        }

        foreach (var (key, reference) in level.SecretOptions)
        {
            var secret = await ReadSecretAsync(key, reference, options.SecretsDirectory, cancellationToken);
            secrets.Add(secret);
            Append(text, Own(key), secret);
        }

        Append(text, "action", action);
        return new FenceAgentInput(text.ToString(), secrets);
    }

    // An agent takes the last value of a repeated key, and "option" is an old name for "action": a host's options must
    // not be able to turn a look into a reboot.
    private static string Own(string key) =>
        key is "action" or "option" or "nodename"
            ? throw new FenceLevelException($"its option '{key}' is for Recovery alone to give; remove it from the host's fencing")
            : key;

    private static void Append(StringBuilder text, string key, string value)
    {
        if (!Key().IsMatch(key))
        {
            throw new FenceLevelException($"'{key}' is no name of an option; letters, digits, '_' and '-' make one");
        }

        if (value.AsSpan().ContainsAny('\n', '\r', '\0'))
        {
            throw new FenceLevelException($"the value of its option '{key}' has a line break, which no fence agent can be given");
        }

        text.Append(key).Append('=').Append(value).Append('\n');
    }

    private static async Task<string> ReadSecretAsync(
        string key, string written, string directory, CancellationToken cancellationToken)
    {
        // What is written there is not repeated: it may be the secret itself, in the wrong place.
        if (SecretReference.Parse(written) is not { } reference)
        {
            throw new FenceLevelException(
                $"its secret option '{key}' has to name a file in {directory}, without any folder, or an environment variable "
                + $"as {SecretReference.EnvironmentForm}");
        }

        if (reference.Variable is { } variable)
        {
            return SecretReference.Environment(variable)
                ?? throw new FenceLevelException(
                    $"the secret for its option '{key}' is to come from the environment variable {variable}, which the control "
                    + "plane does not have: set it and start the control plane again");
        }

        var file = Path.Combine(directory, reference.File!);
        try
        {
            var content = await File.ReadAllTextAsync(file, cancellationToken);
            return content.TrimEnd('\r', '\n');
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new FenceLevelException(
                $"the secret for its option '{key}' can't be read from {file}: put it there, readable for the control plane", failure);
        }
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_-]*$")]
    private static partial Regex Key();
}

/// <summary>A fence level can't be asked at all. The message completes "level 1, fence_x: …" and holds no secret.</summary>
internal sealed class FenceLevelException(string message, Exception? innerException = null)
    : Exception(message, innerException);
