using System.Text.Json;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>How what came is repeated in a sentence: short, and without what a terminal would act on.</summary>
internal static class Shown
{
    private const int Longest = 60;

    public static string Text(string text)
    {
        var printable = string.Concat(text.Take(Longest).Select(each => char.IsControl(each) ? '?' : each));
        return text.Length > Longest ? $"\"{printable}…\"" : $"\"{printable}\"";
    }

    /// <param name="element">What came.</param>
    /// <param name="secret">It may hold a secret: its type is said, its value is not.</param>
    public static string Element(JsonElement element, bool secret = false) => element.ValueKind switch
    {
        JsonValueKind.String => secret ? "a string" : $"the string {Text(element.GetString()!)}",
        JsonValueKind.Number => secret ? "a number" : $"the number {element.GetRawText()}",
        JsonValueKind.True or JsonValueKind.False => secret ? "a boolean" : element.GetRawText(),
        JsonValueKind.Null => "null",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}
