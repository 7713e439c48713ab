using System.Globalization;
using System.Text.Json;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Somebody's word that a host is off.</summary>
/// <param name="Who">Who says so: a person that can be asked, up to 200 characters.</param>
/// <param name="Reason">How they know, up to 2000 characters.</param>
/// <param name="ExpiresInMinutes">How long it counts, 1 to 1440. Either this or expiresAt.</param>
/// <param name="ExpiresAt">Until when it counts, ISO 8601 with offset, at most 24 hours ahead.</param>
public sealed record AttestationBody(
    string Who, string Reason, int? ExpiresInMinutes = null, DateTimeOffset? ExpiresAt = null)
{
    public const string Example =
        """{"who":"Ada Park","reason":"Stood in front of rack 4, both power supplies are unplugged","expiresInMinutes":60}""";

    private const int MaximumMinutes = 24 * 60;

    /// <summary>Null when there are faults; otherwise with <see cref="ExpiresAt"/> set.</summary>
    public static AttestationBody? Read(JsonElement json, DateTimeOffset now, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var who = Texts.Read(body, "who", "who says so, as a name that can be asked", 200, required: true, faults);
        var reason = Texts.Read(body, "reason", "how they know that the host is off", 2000, required: true, faults);
        var minutes = body.Integer("expiresInMinutes", 1, MaximumMinutes);
        var at = ReadTime(body, now, faults);
        if (body.IsObject && body.Has("expiresInMinutes") == body.Has("expiresAt"))
        {
            faults.Add(new(FaultCodes.InvalidValue,
                "An attestation has an end: give either expiresInMinutes or expiresAt. Somebody may switch the host on again.")
            { Pointer = "/expiresInMinutes" });
        }

        body.End();
        return faults.Count > 0
            ? null
            : new AttestationBody(who!, reason!, minutes, at ?? now.AddMinutes(minutes!.Value));
    }

    private static DateTimeOffset? ReadTime(ObjectReader body, DateTimeOffset now, List<Fault> faults)
    {
        if (body.String("expiresAt", "a time, as 2026-01-31T04:00:00Z") is not { } text)
        {
            return null;
        }

        if (!DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time))
        {
            faults.Add(new(FaultCodes.InvalidValue, $"expiresAt is {Shown.Text(text)}; write a time as 2026-01-31T04:00:00Z.") { Pointer = "/expiresAt" });
            return null;
        }

        if (time <= now || time > now.AddMinutes(MaximumMinutes))
        {
            faults.Add(new(FaultCodes.OutOfRange,
                $"expiresAt is {Times.Iso(time)}; it has to be after now ({Times.Iso(now)}) and at most 24 hours ahead.")
            { Pointer = "/expiresAt" });
            return null;
        }

        return time;
    }
}

/// <summary>Texts that humans write for humans.</summary>
internal static class Texts
{
    /// <summary>Trimmed. Null when it is missing or wrong, which is noted.</summary>
    public static string? Read(
        ObjectReader body, string name, string wanted, int maximum, bool required, List<Fault> faults)
    {
        if (body.String(name, wanted, required) is not { } text)
        {
            return null;
        }

        text = text.Trim();
        if (required && text.Length == 0)
        {
            faults.Add(new(FaultCodes.InvalidValue, $"\"{name}\" is empty: {wanted}.") { Pointer = body.At(name) });
            return null;
        }

        if (text.Length > maximum)
        {
            faults.Add(new(FaultCodes.TooLong, $"\"{name}\" has {text.Length} characters; {maximum} are allowed.") { Pointer = body.At(name) });
            return null;
        }

        if (text.Any(char.IsControl))
        {
            faults.Add(new(FaultCodes.InvalidValue, $"\"{name}\" has control characters or more than one line. Write one line of text.") { Pointer = body.At(name) });
            return null;
        }

        return text;
    }
}
