using System.Text.Json;
using Microsoft.Net.Http.Headers;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>
/// Takes the body of a request as one JSON document. It is read by hand and not bound to a type, because binding stops
/// at the first fault, and whoever writes a request at night wants to see all of them.
/// </summary>
internal static class BodyReader
{
    /// <summary>In bytes; 20 000 instances fit.</summary>
    public const int MaximumBytes = 1024 * 1024;

    /// <summary>The document, or the one fault why there is none.</summary>
    /// <param name="request">Its body is read to the end, or to one byte more than is allowed.</param>
    /// <param name="example">A body that would do, for the sentence about an empty one.</param>
    public static async Task<(JsonDocument? Document, Fault? Fault)> ReadAsync(HttpRequest request, string example)
    {
        var (bytes, tooLarge) = await TakeAsync(request);
        if (tooLarge)
        {
            return (null, new(FaultCodes.TooLarge,
                $"The body is larger than {MaximumBytes} bytes. Leave instances out to take all of a host, or send several requests."));
        }

        if (bytes.Length == 0)
        {
            return (null, new(FaultCodes.EmptyBody, $"The request has no body. Send JSON, for example {example}") { Pointer = "" });
        }

        if (!IsJson(request.ContentType))
        {
            return (null, new(FaultCodes.NotJson, $"The content type is {Said(request.ContentType)}; this API reads application/json in UTF-8. With curl, add -H 'Content-Type: application/json'.")
            { Parameter = "Content-Type" });
        }

        try
        {
            return (JsonDocument.Parse(WithoutByteOrderMark(bytes), new JsonDocumentOptions { MaxDepth = 16 }), null);
        }
        catch (JsonException exception)
        {
            return (null, new(FaultCodes.MalformedJson,
                $"The body is not JSON: line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}: {Reason(exception)}")
            { Pointer = "" });
        }
    }

    private static async Task<(byte[] Bytes, bool TooLarge)> TakeAsync(HttpRequest request)
    {
        if (request.ContentLength > MaximumBytes)
        {
            return ([], true);
        }

        using var taken = new MemoryStream();
        var buffer = new byte[16 * 1024];
        int count;
        while ((count = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            taken.Write(buffer, 0, count);
            if (taken.Length > MaximumBytes)
            {
                return ([], true);
            }
        }

        return (taken.ToArray(), false);
    }

    private static bool IsJson(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var type)
        && (type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase))
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static string Said(string? contentType) =>
        string.IsNullOrEmpty(contentType) ? "missing" : Shown.Text(contentType);

    private static ReadOnlyMemory<byte> WithoutByteOrderMark(byte[] bytes) =>
        bytes.AsSpan().StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? bytes.AsMemory(3) : bytes;

    // The reader's own position is zero-based and comes last; it was said already.
    private static string Reason(JsonException exception)
    {
        var position = exception.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return position < 0 ? exception.Message : exception.Message[..position];
    }
}
