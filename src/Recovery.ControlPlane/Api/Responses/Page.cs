using Recovery.ControlPlane.Api.Requests;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>A part of a list.</summary>
/// <param name="Items">In the list's order.</param>
/// <param name="NextCursor">For ?cursor= of the next part; missing on the last.</param>
public sealed record Page<T>(IReadOnlyList<T> Items, string? NextCursor = null);

internal static class Pages
{
    /// <param name="rows">Up to one more than the limit: the one too many says that there is a next part.</param>
    /// <param name="limit">Items of a part.</param>
    /// <param name="key">Where the list goes on after an item.</param>
    /// <param name="item">What is shown of a row.</param>
    public static Page<TItem> Of<TRow, TItem>(
        IReadOnlyList<TRow> rows, int limit, Func<TRow, string> key, Func<TRow, TItem> item) =>
        new([.. rows.Take(limit).Select(item)], rows.Count > limit ? Cursor.From(key(rows[limit - 1])) : null);
}
