using System.Text.Json;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>How states, kinds and steps are written wherever somebody outside reads them: <c>awaitingProof</c>.</summary>
public static class StateNames
{
    public static string Of<T>(T value)
        where T : struct, Enum => JsonNamingPolicy.CamelCase.ConvertName(value.ToString());

    public static IReadOnlyList<string> All<T>()
        where T : struct, Enum => [.. Enum.GetValues<T>().Select(Of)];

    /// <summary>Only in exactly that spelling; a number is no name.</summary>
    public static T? Parse<T>(string name)
        where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
        {
            if (Of(value) == name)
            {
                return value;
            }
        }

        return null;
    }
}
