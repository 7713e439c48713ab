using System.Diagnostics;
using System.Text;

namespace Recovery.ControlPlane.Fencing;

/// <summary>
/// What an agent prints: read to its end so that it never blocks, kept up to a bound, and never shown with a secret.
/// </summary>
internal sealed class AgentOutput
{
    /// <summary>Characters kept of each of standard output and standard error.</summary>
    public const int Kept = 8192;

    private readonly IReadOnlyList<string> secrets;
    private readonly Capture standardOutput;
    private readonly Capture standardError;

    public AgentOutput(Process process, IReadOnlyList<string> secrets)
    {
        this.secrets = secrets;
        standardOutput = new Capture(process.StandardOutput);
        standardError = new Capture(process.StandardError);
    }

    /// <summary>Standard output, then standard error, as far as they came within this time.</summary>
    public async Task<string> WithinAsync(TimeSpan grace, TimeProvider time)
    {
        await Task.WhenAny(Task.WhenAll(standardOutput.End, standardError.End), Task.Delay(grace, time));
        return Scrub(standardOutput.Text(), secrets) + "\n" + Scrub(standardError.Text(), secrets);
    }

    /// <summary>The text without any of the secrets, also where an agent wrote one as part of a URL.</summary>
    public static string Scrub(string text, IReadOnlyList<string> secrets)
    {
        var forms = secrets.Where(secret => secret.Length > 0)
            .SelectMany(secret => new[] { secret, Uri.EscapeDataString(secret) })
            .Distinct()
            .OrderByDescending(form => form.Length) // one secret may be the beginning of another
            .ToList();
        var clean = forms.Aggregate(text, (current, form) => current.Replace(form, "***", StringComparison.Ordinal));

        // At the bound a secret may have been cut in two, and its first half would not have been found.
        return text.Length < Kept || forms.Count == 0
            ? clean
            : clean[..Math.Max(0, clean.Length - forms[0].Length)];
    }

    private sealed class Capture
    {
        private readonly StringBuilder kept = new();

        public Capture(StreamReader reader) => End = ReadAsync(reader);

        public Task End { get; }

        public string Text()
        {
            lock (kept)
            {
                return kept.ToString();
            }
        }

        private async Task ReadAsync(StreamReader reader)
        {
            try
            {
                var buffer = new char[1024];
                int count;
                while ((count = await reader.ReadAsync(buffer)) > 0)
                {
                    lock (kept)
                    {
                        kept.Append(buffer, 0, Math.Min(count, Kept - kept.Length));
                    }
                }
            }
            catch (Exception ended) when (ended is IOException or ObjectDisposedException or OperationCanceledException)
            {
                // The process was disposed while something it left behind still held the pipe. What came is kept.
            }
        }
    }
}
