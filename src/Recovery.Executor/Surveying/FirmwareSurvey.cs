using Recovery.Protocol.V1;

namespace Recovery.Executor.Surveying;

/// <summary>Looks for firmware files. A path on a network share that is dead would hold us for ever, so it isn't waited for.</summary>
internal static class FirmwareSurvey
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What can't be told in time is left out.</summary>
    public static async Task<IReadOnlyList<FirmwareAnswer>> Look(IEnumerable<string> paths, TimeProvider time, CancellationToken cancellation)
    {
        var looks = paths.Distinct(StringComparer.Ordinal).Select(path => Look(path, time, cancellation));
        return [.. (await Task.WhenAll(looks)).OfType<FirmwareAnswer>()];
    }

    private static async Task<FirmwareAnswer?> Look(string path, TimeProvider time, CancellationToken cancellation)
    {
        try
        {
            var exists = await Task.Run(() => Path.IsPathRooted(path) && File.Exists(path), cancellation).WaitAsync(Patience, time, cancellation);
            return new FirmwareAnswer { Path = path, Exists = exists };
        }
        catch (TimeoutException)
        {
            return null;
        }
    }
}
