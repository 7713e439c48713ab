using System.Globalization;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Fencing;

/// <summary>The first level: the host's own executor, where it answers, ends the guests and says so.</summary>
/// <param name="host">The host.</param>
/// <param name="order">On whose behalf.</param>
/// <param name="fence">Reaches its executor.</param>
/// <param name="time">For how long it took.</param>
/// <param name="onlyAsk">What became of an earlier order is asked, and no new one given.</param>
internal sealed class ExecutorLevel(HostRow host, FenceOrder order, IHostFence fence, TimeProvider time, bool onlyAsk = false) : IFenceLevel
{
    private const string Name = "the host's own executor";

    public int Tries => 2;

    public async Task<FenceLevelEnd> TryAsync(List<string> lines, CancellationToken cancellationToken)
    {
        // Signs from the moment of the question count against the answer: one that was sent while the answer was on its
        // way would otherwise seem to be older than it. At worst a true word is void, and is asked for again.
        var asked = time.GetUtcNow();
        var start = time.GetTimestamp();
        var word = await (onlyAsk ? fence.AskAsync(host, order, cancellationToken) : fence.TellAsync(host, order, cancellationToken));
        lines.Add(string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {Outcome(word)} ({word.Sentence}) in {time.GetElapsedTime(start).TotalSeconds:0.0} s"));
        var sentence = word.Confirmed
            ? string.Create(CultureInfo.InvariantCulture, $"{Name} on {host.Name} was told at {asked.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z to end every guest: {word.Sentence}.")
            : $"{char.ToUpperInvariant(Name[0])}{Name[1..]}: {word.Sentence}.";
        return new FenceLevelEnd(word.Confirmed, sentence, FenceProofKind.ExecutorWord)
        {
            At = asked,
            Hopeless = !word.Answered,
            OrderIsOut = word.MayHaveBegun,
        };
    }

    private string Outcome(HostWord word) => word switch
    {
        { Confirmed: true } => "confirmed",
        { Answered: true, MayHaveBegun: false } when onlyAsk => "was never told",
        _ => "failed",
    };
}
