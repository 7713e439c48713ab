using System.Threading.Channels;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Operations;

/// <summary>A step under way, and those who watch it: its first caller and whoever repeats the step id meanwhile.</summary>
internal sealed class RunningStep
{
    private readonly Lock gate = new();
    private readonly List<Channel<string>> watchers = [];
    private readonly TaskCompletionSource<StepResult> completion = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<StepResult> Completion => completion.Task;

    /// <summary>Progress from now on; ends when the step ends.</summary>
    public ChannelReader<string> Watch()
    {
        var channel = Channel.CreateUnbounded<string>();
        lock (gate)
        {
            if (completion.Task.IsCompleted) channel.Writer.Complete();
            else watchers.Add(channel);
        }
        return channel.Reader;
    }

    public void Report(string message)
    {
        lock (gate)
        {
            foreach (var watcher in watchers) watcher.Writer.TryWrite(message);
        }
    }

    public void Finish(StepResult result)
    {
        lock (gate)
        {
            completion.SetResult(result);
            foreach (var watcher in watchers) watcher.Writer.Complete();
            watchers.Clear();
        }
    }
}
