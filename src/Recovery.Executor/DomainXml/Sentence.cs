using System.Text;

namespace Recovery.Executor.DomainXml;

/// <summary>How values of a definition stand in a sentence: on one line, in quotes, not endless.</summary>
internal static class Sentence
{
    private const int MaximumLength = 300;

    public static string Quote(string? value)
    {
        var text = new StringBuilder("'");
        foreach (var character in value ?? string.Empty)
        {
            if (text.Length > MaximumLength)
            {
                text.Append('…');
                break;
            }

            // Format characters too: they could turn a line of a terminal around.
            text.Append(char.IsControl(character) || char.GetUnicodeCategory(character) is System.Globalization.UnicodeCategory.Format
                ? '?'
                : character);
        }

        return text.Append('\'').ToString();
    }

    public static string Quote(IEnumerable<string> values) => string.Join(", ", values.Select(Quote));
}
