using System.Text.RegularExpressions;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The names that a host may have: those of RFC 1123.</summary>
internal static partial class HostNames
{
    public const string Rule =
        "up to 253 characters in labels of letters, digits and dashes, separated by points; no label longer than 63, none begins or ends with a dash";

    public static bool IsValid(string name) => name.Length is > 0 and <= 253 && Pattern().IsMatch(name);

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
