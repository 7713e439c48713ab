using System.Text.RegularExpressions;

namespace Recovery.ControlPlane.Configuration;

/// <summary>
/// Where a secret is, in place of the secret: the name of a file in the directory of secrets, or <c>env:NAME</c> for an
/// environment variable of the control plane. Exactly one of the two is set.
/// </summary>
/// <remarks>
/// Only variables with a prefix of their own can be named. Whoever may register a host chooses which power controller
/// is given the secret; they must not be able to read the rest of the environment that way.
/// </remarks>
public sealed partial record SecretReference
{
    public const string VariablePrefix = "RECOVERY_SECRET_";

    /// <summary>For those who have to be told.</summary>
    public const string EnvironmentForm = $"env:{VariablePrefix}NAME";

    private SecretReference()
    {
    }

    public string? File { get; private init; }

    public string? Variable { get; private init; }

    /// <summary>Null when it is neither; it may then be the secret itself, so nobody should repeat it.</summary>
    public static SecretReference? Parse(string written) =>
        FileName().IsMatch(written) ? new SecretReference { File = written }
        : VariableName().Match(written) is { Success: true } match ? new SecretReference { Variable = match.Groups[1].Value }
        : null;

    /// <summary>The variable's value without a line break at its end, as for files; null when there is none.</summary>
    public static string? Environment(string variable) =>
        System.Environment.GetEnvironmentVariable(variable)?.TrimEnd('\r', '\n');

    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex FileName();

    [GeneratedRegex($@"\Aenv:({VariablePrefix}[A-Za-z0-9_]{{1,112}})\z", RegexOptions.CultureInvariant)]
    private static partial Regex VariableName();
}
