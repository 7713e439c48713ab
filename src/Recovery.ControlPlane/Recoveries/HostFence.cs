using System.Globalization;
using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Brings the ladder's first level and the executors together, which do not know each other.</summary>
public sealed class HostFence(IExecutorFence executors) : IHostFence
{
    public Task<HostWord> TellAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        SendAsync(host, order, onlyIfBegun: false, cancellationToken);

    public Task<HostWord> AskAsync(HostRow host, FenceOrder order, CancellationToken cancellationToken) =>
        SendAsync(host, order, onlyIfBegun: true, cancellationToken);

    private async Task<HostWord> SendAsync(HostRow host, FenceOrder order, bool onlyIfBegun, CancellationToken cancellationToken)
    {
        var word = await executors.AskAsync(
            new ExecutorFenceOrder(host.Name, host.Executor, order.Recovery, order.Epoch, onlyIfBegun), cancellationToken);
        return new HostWord(word.Answered, word.Confirmed, Sentence(word).TrimEnd('.'), word.MayHaveBegun);
    }

    private static string Sentence(ExecutorWord word)
    {
        if (!word.Confirmed)
        {
            return word.Message.Length > 0 ? word.Message : "it did not confirm that no guest is left";
        }

        var ended = word.Ended.Count == 0
            ? "it found none, and saw that none is left"
            : string.Create(
                CultureInfo.InvariantCulture,
                $"it ended {word.Ended.Count} ({string.Join(", ", word.Ended)}), and saw that none is left");
        return word.Message.Length > 0 ? $"{ended}: {word.Message}" : ended;
    }
}
