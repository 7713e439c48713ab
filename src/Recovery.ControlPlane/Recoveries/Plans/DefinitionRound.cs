using System.Collections.Concurrent;
using Recovery.ControlPlane.Executors;

namespace Recovery.ControlPlane.Recoveries.Plans;

/// <summary>
/// Asks many executors at once what they would make of definitions. One that is silent or fails costs one question:
/// its host is asked no further, so that it does not use up the others' time.
/// </summary>
internal sealed partial class DefinitionRound(IDefinitionPreview preview, TimeProvider time, ILogger logger)
{
    private const int AtOnce = 16;
    private static readonly TimeSpan OneQuestion = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, bool> silent = new(StringComparer.Ordinal);

    /// <param name="questions">In the order in which they are asked.</param>
    /// <param name="deadline">What was not answered by then was not answered.</param>
    /// <param name="cancellationToken">Gives up altogether.</param>
    public async Task<IReadOnlyDictionary<Guid, DefinitionPreview>> AskAsync(
        IEnumerable<DefinitionQuestion> questions, CancellationToken deadline, CancellationToken cancellationToken)
    {
        var answers = new ConcurrentDictionary<Guid, DefinitionPreview>();
        using var next = questions.GetEnumerator();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => AskInTurnAsync()));
        return answers;

        async Task AskInTurnAsync()
        {
            while (Next() is { } question)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (deadline.IsCancellationRequested || silent.ContainsKey(question.Host))
                {
                    continue;
                }

                if (await AskAsync(question, deadline, cancellationToken) is { } answer)
                {
                    answers[question.Instance.Id] = answer;
                }
                else
                {
                    silent[question.Host] = true;
                }
            }
        }

        DefinitionQuestion? Next()
        {
            lock (next)
            {
                return next.MoveNext() ? next.Current : null;
            }
        }
    }

    private async Task<DefinitionPreview?> AskAsync(
        DefinitionQuestion question, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(OneQuestion, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, deadline, cancellationToken);
        try
        {
            return await preview.AskAsync(question, ending.Token).WaitAsync(ending.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        catch (Exception failure) when (failure is not OperationCanceledException)
        {
            LogFailed(failure, question.Host, question.Instance.Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Host} could not be asked what it would make of the definition of {Instance}; the plan says so.")]
    private partial void LogFailed(Exception failure, string host, string instance);
}
