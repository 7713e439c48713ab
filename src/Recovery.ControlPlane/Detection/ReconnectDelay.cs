namespace Recovery.ControlPlane.Detection;

/// <summary>How long to wait before an executor is dialled again: 0.5 s, doubled up to 5 s.</summary>
internal static class ReconnectDelay
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(0.5);

    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <param name="failures">In a row; 1 after the first.</param>
    /// <param name="jitter">
    /// From 0 up to 1. Up to a half is taken off by it, so that hosts which fell silent together don't come back together.
    /// </param>
    public static TimeSpan After(int failures, double jitter)
    {
        var doubled = First * Math.Pow(2, Math.Clamp(failures - 1, 0, 10));
        return (doubled < Longest ? doubled : Longest) * (1 - (jitter / 2));
    }
}
