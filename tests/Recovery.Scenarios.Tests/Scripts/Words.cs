using System.Globalization;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>One line of a script, word by word.</summary>
internal sealed class Words(string line)
{
    private readonly string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    private int next;

    public string Line => line;

    public bool IsAtEnd => next >= words.Length;

    public string Next() => IsAtEnd ? throw Wrong("a word is missing at its end") : words[next++];

    public string Rest()
    {
        var rest = string.Join(' ', words[next..]);
        next = words.Length;
        return rest;
    }

    /// <summary>Takes this word if it is the next one.</summary>
    public bool Take(string word)
    {
        if (IsAtEnd || words[next] != word)
        {
            return false;
        }

        next++;
        return true;
    }

    /// <summary>"a,b".</summary>
    public string[] List() => Next().Split(',');

    /// <summary>"300ms", "12s", "5m", "2h".</summary>
    public TimeSpan Time()
    {
        var word = Next();
        var unit = word.TrimStart("0123456789.".ToCharArray());
        var number = double.Parse(word[..^unit.Length], CultureInfo.InvariantCulture);
        return unit switch
        {
            "ms" => TimeSpan.FromMilliseconds(number),
            "s" => TimeSpan.FromSeconds(number),
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => throw Wrong($"\"{word}\" is no time"),
        };
    }

    public int Number() => int.Parse(Next(), CultureInfo.InvariantCulture);

    public T OneOf<T>()
        where T : struct, Enum
    {
        var word = Next();
        return Enum.TryParse<T>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true, out var value)
            ? value
            : throw Wrong($"\"{word}\" is none of {string.Join(", ", Enum.GetNames<T>())}");
    }

    public FormatException Wrong(string why) => new($"\"{line}\": {why}");
}
