using System.Globalization;
using System.Text;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Reads the query of a URL and names every parameter that is wrong or not known.</summary>
internal sealed class Query(HttpRequest request)
{
    public const int DefaultLimit = 100;
    public const int MaximumLimit = 500;

    private readonly List<string> known = [];

    public List<Fault> Faults { get; } = [];

    /// <summary>Null when it is not given.</summary>
    public string? Text(string name)
    {
        known.Add(name);
        var values = request.Query[name];
        if (values.Count > 1)
        {
            Wrong(name, $"{name} is given {values.Count} times. Give it once.");
        }

        return values.Count == 0 ? null : values[0];
    }

    public int Limit()
    {
        if (Text("limit") is not { } text)
        {
            return DefaultLimit;
        }

        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MaximumLimit)
        {
            return limit;
        }

        Wrong("limit", $"limit is {Shown.Text(text)}; it has to be a whole number from 1 to {MaximumLimit}.");
        return DefaultLimit;
    }

    public bool? Boolean(string name)
    {
        switch (Text(name))
        {
            case null:
                return null;
            case "true":
                return true;
            case "false":
                return false;
            case var text:
                Wrong(name, $"{name} is {Shown.Text(text)}; it has to be true or false.");
                return null;
        }
    }

    public long? Number(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        Wrong(name, $"{name} is {Shown.Text(text)}; it has to be a whole number.");
        return null;
    }

    /// <summary>A UUID; null when it is not given, or wrong.</summary>
    public Guid? Id(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (Guid.TryParseExact(text, "D", out var id))
        {
            return id;
        }

        Wrong(name, $"{name} is {Shown.Text(text)}; it has to be a UUID.");
        return null;
    }

    /// <summary>A value of an enumeration; null when it is not given, or wrong.</summary>
    public T? Value<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        var value = StateNames.Parse<T>(text);
        if (value is null)
        {
            WrongName<T>(name, text);
        }

        return value;
    }

    /// <summary>One or several values of an enumeration, separated by commas; empty when none is given.</summary>
    public IReadOnlyList<T> Values<T>(string name)
        where T : struct, Enum
    {
        var values = new List<T>();
        foreach (var text in (Text(name) ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (StateNames.Parse<T>(text) is { } value)
            {
                values.Add(value);
            }
            else
            {
                WrongName<T>(name, text);
            }
        }

        return values;
    }

    /// <summary>The cursor of a list that is ordered by a UUID.</summary>
    public Guid? IdAfter() => After(text => Guid.TryParseExact(text, "D", out var id) ? id : (Guid?)null);

    /// <summary>The cursor of a list that is ordered by a number.</summary>
    public long? NumberAfter() => After(text =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : (long?)null);

    /// <summary>The cursor of a list that is ordered by a name.</summary>
    public string? NameAfter()
    {
        if (Text("cursor") is not { } text)
        {
            return null;
        }

        if (Cursor.Read(text) is { } position)
        {
            return position;
        }

        WrongCursor();
        return null;
    }

    /// <summary>Names every parameter that nobody asked for.</summary>
    public void End()
    {
        foreach (var name in request.Query.Keys.Except(known, StringComparer.Ordinal))
        {
            Faults.Add(new(FaultCodes.UnknownParameter,
                $"{Shown.Text(name)} is no parameter of this URL.{Nearest.Hint(name, known)} Known: {string.Join(", ", known)}.")
            { Parameter = name });
        }
    }

    private T? After<T>(Func<string, T?> parse)
        where T : struct
    {
        if (NameAfter() is not { } text)
        {
            return null;
        }

        var key = parse(text);
        if (key is null)
        {
            WrongCursor();
        }

        return key;
    }

    private void WrongName<T>(string name, string text)
        where T : struct, Enum =>
        Wrong(name, $"There is no {name} {Shown.Text(text)}.{Nearest.Hint(text, StateNames.All<T>())} Known: {string.Join(", ", StateNames.All<T>())}.");

    private void WrongCursor() =>
        Wrong("cursor", "This cursor was not given by this list. Take nextCursor of the page before, or leave it out to begin.");

    private void Wrong(string name, string message) => Faults.Add(new(FaultCodes.InvalidParameter, message) { Parameter = name });
}

/// <summary>
/// Where a list goes on. Opaque to clients, so that it can become another; a position is the key of the last item seen,
/// so nothing is lost or doubled when items come and go in between.
/// </summary>
internal static class Cursor
{
    private const string Prefix = "1:";

    public static string From(string key) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Prefix + key));

    public static string? Read(string cursor)
    {
        try
        {
            var text = Encoding.UTF8.GetString(Convert.FromHexString(cursor));
            return text.StartsWith(Prefix, StringComparison.Ordinal) ? text[Prefix.Length..] : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
