using System.Globalization;
using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>
/// Reads the members of one JSON object and notes every fault with its pointer. A member that is asked for is a member
/// that is known; <see cref="End"/> names all others.
/// </summary>
internal sealed class ObjectReader
{
    private readonly Dictionary<string, JsonElement> members = new(StringComparer.Ordinal);
    private readonly List<string> known = [];
    private readonly string what;
    private readonly string pointer;
    private readonly List<Fault> faults;

    /// <param name="element">Should be an object; anything else is noted and then has no members.</param>
    /// <param name="what">What it is, for sentences: <c>the body</c>.</param>
    /// <param name="pointer">Where it is.</param>
    /// <param name="faults">Takes the faults.</param>
    public ObjectReader(JsonElement element, string what, string pointer, List<Fault> faults)
    {
        (this.what, this.pointer, this.faults) = (what, pointer, faults);
        IsObject = element.ValueKind == JsonValueKind.Object;
        if (!IsObject)
        {
            Wrong(pointer, what, element, "an object");
            return;
        }

        foreach (var member in element.EnumerateObject())
        {
            if (!members.TryAdd(member.Name, member.Value))
            {
                faults.Add(new(FaultCodes.DuplicateMember, $"{Shown.Text(member.Name)} is twice in {what}; which one is meant can't be known.")
                { Pointer = At(member.Name) });
            }
        }
    }

    public bool IsObject { get; }

    /// <summary>JSON pointer to a member of this object, escaped as RFC 6901 says.</summary>
    public string At(string member) =>
        $"{pointer}/{member.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    public bool Has(string name) => members.ContainsKey(name);

    /// <summary>Null when it is missing or no string.</summary>
    /// <param name="name">The member.</param>
    /// <param name="wanted">What it should be, for the sentence: <c>a host name</c>.</param>
    /// <param name="required">Missing is a fault.</param>
    public string? String(string name, string wanted, bool required = false)
    {
        if (!Find(name, wanted, required, out var element))
        {
            return null;
        }

        if (element.ValueKind == JsonValueKind.String)
        {
            return element.GetString();
        }

        Wrong(At(name), $"\"{name}\"", element, $"a string: {wanted}");
        return null;
    }

    public bool? Boolean(string name, bool required = false)
    {
        if (!Find(name, "true or false", required, out var element))
        {
            return null;
        }

        if (element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return element.GetBoolean();
        }

        Wrong(At(name), $"\"{name}\"", element, "true or false");
        return null;
    }

    public int? Integer(string name, int minimum, int maximum) => (int?)Long(name, minimum, maximum);

    public long? Long(string name, long minimum, long maximum)
    {
        if (!Find(name, "a number", required: false, out var element))
        {
            return null;
        }

        if (element.ValueKind != JsonValueKind.Number)
        {
            Wrong(At(name), $"\"{name}\"", element, $"a whole number from {minimum} to {maximum}");
            return null;
        }

        if (element.TryGetInt64(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        faults.Add(new(FaultCodes.OutOfRange, $"\"{name}\" is {element.GetRawText()}; it has to be a whole number from {minimum} to {maximum}.")
        { Pointer = At(name) });
        return null;
    }

    public double? Number(string name, double minimum, double maximum)
    {
        if (!Find(name, "a number", required: false, out var element))
        {
            return null;
        }

        var wanted = string.Create(CultureInfo.InvariantCulture, $"a number from {minimum} to {maximum}");
        if (element.ValueKind != JsonValueKind.Number)
        {
            Wrong(At(name), $"\"{name}\"", element, wanted);
            return null;
        }

        if (element.TryGetDouble(out var number) && number >= minimum && number <= maximum)
        {
            return number;
        }

        faults.Add(new(FaultCodes.OutOfRange, $"\"{name}\" is {element.GetRawText()}; it has to be {wanted}.") { Pointer = At(name) });
        return null;
    }

    /// <summary>The elements that are strings, each with its pointer; all others are noted.</summary>
    public IReadOnlyList<Named<string>> Strings(string name, string wanted, int maximum)
    {
        var strings = new List<Named<string>>();
        foreach (var element in Elements(name, $"an array of {wanted}s", maximum))
        {
            if (element.Value.ValueKind == JsonValueKind.String)
            {
                strings.Add(new(element.Value.GetString()!, element.Pointer));
            }
            else
            {
                Wrong(element.Pointer, $"an element of \"{name}\"", element.Value, $"a string: a {wanted}");
            }
        }

        return strings;
    }

    public IReadOnlyList<Named<JsonElement>> Elements(string name, string wanted, int maximum)
    {
        if (!Find(name, wanted, required: false, out var element))
        {
            return [];
        }

        if (element.ValueKind != JsonValueKind.Array)
        {
            Wrong(At(name), $"\"{name}\"", element, wanted);
            return [];
        }

        if (element.GetArrayLength() > maximum)
        {
            faults.Add(new(FaultCodes.TooLong, $"\"{name}\" has {element.GetArrayLength()} elements; {maximum} are allowed.") { Pointer = At(name) });
        }

        return [.. element.EnumerateArray().Take(maximum).Select((each, index) => new Named<JsonElement>(each, $"{At(name)}/{index}"))];
    }

    /// <summary>Null when it is missing; a reader without members when it is no object.</summary>
    public ObjectReader? Object(string name) =>
        Find(name, "an object", required: false, out var element)
            ? new ObjectReader(element, $"\"{name}\"", At(name), faults)
            : null;

    /// <summary>All members as names and strings, whatever they are called. Their values may be secret.</summary>
    public IEnumerable<Named<KeyValuePair<string, string>>> Pairs()
    {
        known.AddRange(members.Keys);
        foreach (var (name, element) in members)
        {
            if (element.ValueKind == JsonValueKind.String)
            {
                yield return new(new(name, element.GetString()!), At(name));
            }
            else
            {
                faults.Add(new(FaultCodes.WrongType, $"{Shown.Text(name)} is {Shown.Element(element, secret: true)}; it has to be a string. Write numbers in quotation marks too.")
                { Pointer = At(name) });
            }
        }
    }

    /// <summary>Names every member that nobody asked for.</summary>
    public void End()
    {
        foreach (var member in members.Keys.Except(known, StringComparer.Ordinal))
        {
            faults.Add(new(FaultCodes.UnknownMember,
                $"{Shown.Text(member)} is not known in {what}.{Nearest.Hint(member, known)} Known: {string.Join(", ", known)}.")
            { Pointer = At(member) });
        }
    }

    private bool Find(string name, string wanted, bool required, out JsonElement element)
    {
        known.Add(name);
        var found = members.TryGetValue(name, out element);
        if (!found && required && IsObject)
        {
            faults.Add(new(FaultCodes.MissingMember, $"\"{name}\" is missing in {what}: {wanted}.") { Pointer = At(name) });
        }

        return found;
    }

    private void Wrong(string at, string subject, JsonElement came, string wanted) =>
        faults.Add(new(FaultCodes.WrongType,
            $"{char.ToUpperInvariant(subject[0])}{subject[1..]} is {Shown.Element(came)}; it has to be {wanted}.{(came.ValueKind == JsonValueKind.Null ? " Leave it out to leave it open." : "")}")
        { Pointer = at });
}
