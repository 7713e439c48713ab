using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>
/// The Idempotency-Key header as draft-ietf-httpapi-idempotency-key-header has it: a string in quotation marks. Without
/// them it is taken too, since that is what people write.
/// </summary>
internal static class IdempotencyKey
{
    public const string Header = "Idempotency-Key";
    private const int Longest = 200;

    /// <summary>Null when there is none.</summary>
    public static string? Read(HttpRequest request, List<Fault> faults)
    {
        var values = request.Headers[Header];
        if (values.Count == 0)
        {
            return null;
        }

        var key = values.Count == 1 ? (values[0] ?? "").Trim() : "";
        if (key is ['"', .., '"'])
        {
            key = key[1..^1];
        }

        if (key.Length is 0 or > Longest || key.Any(each => each is < ' ' or > '~' or '"' or '\\'))
        {
            faults.Add(new(FaultCodes.InvalidParameter,
                $"{Header} has to be given once, with 1 to {Longest} printable ASCII characters. A new UUID for each new request does.")
            { Parameter = Header });
            return null;
        }

        return key;
    }
}
