using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Inventory;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Detection;

/// <summary>
/// Keeps every host's answers to the survey fresh: asks when it is up for the first time, when a question is new, and
/// each minute. The answers are kept in its row, so a host that falls silent keeps them, also over our restart.
/// </summary>
public sealed class HostSurvey(
    IDbContextFactory<RecoveryDbContext> contexts,
    HostSurveyor surveyor,
    LivenessBoard liveness,
    InventoryChanges inventory,
    TimeProvider time,
    ILogger<HostSurvey> log) : BackgroundService
{
    private const int AskedAtOnce = 16;

    private static readonly TimeSpan BetweenRounds = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan AskedAgainAfter = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, Asked> asked = new(StringComparer.Ordinal);
    private SurveyQuestions questions = SurveyQuestions.None;
    private long seenChanges = -1;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var rounds = new PeriodicTimer(BetweenRounds, time);
        try
        {
            do
            {
                try
                {
                    await RoundAsync(stoppingToken);
                }
                catch (Exception failure) when (!stoppingToken.IsCancellationRequested)
                {
                    // Without fresh answers planning goes on with the old ones, and executors still refuse what can't be.
                    log.LogError(failure, "Hosts can't be surveyed: {Problem}", failure.Message);
                }
            }
            while (await rounds.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The control plane stops.
        }
    }

    /// <summary>Asks every host whose turn it is, and writes down what they say.</summary>
    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        var changes = inventory.Version;
        await using var database = await contexts.CreateDbContextAsync(cancellationToken);
        if (changes != seenChanges)
        {
            questions = await SurveyQuestions.ReadAsync(database, cancellationToken);
            seenChanges = changes;
        }

        var hosts = await database.Hosts.AsNoTracking().Where(row => row.ReportedAt != null)
            .Select(row => new { row.Name, row.Executor }).ToListAsync(cancellationToken);
        foreach (var gone in asked.Keys.Except(hosts.Select(host => host.Name)).ToList())
        {
            asked.Remove(gone);
        }

        var due = hosts.FindAll(host => liveness.Of(host.Name, everReported: true) == HostLiveness.Up && IsDue(host.Name, host.Executor));
        if (questions.IsEmpty || due.Count == 0)
        {
            return;
        }

        var answers = new SurveyAnswers?[due.Count];
        await Parallel.ForAsync(0, due.Count, new ParallelOptions { MaxDegreeOfParallelism = AskedAtOnce, CancellationToken = cancellationToken },
            async (index, cancel) => answers[index] = await surveyor.AskAsync(due[index].Name, due[index].Executor, questions, cancel));

        var news = false;
        for (var index = 0; index < due.Count; index++)
        {
            var (host, said) = (due[index], answers[index]);
            var text = JsonSerializer.Serialize(said is null ? null : said with { At = null });
            news |= said is not null && asked.GetValueOrDefault(host.Name)?.Said != text;
            asked[host.Name] = new Asked(host.Executor, questions, time.GetTimestamp(), text);
        }

        await contexts.InTransactionAsync(
            time,
            async (writing, transaction) =>
            {
                // In the order of their names, as everybody else writes hosts.
                foreach (var (host, said) in due.Zip(answers).Where(pair => pair.Second is not null).OrderBy(pair => pair.First.Name, StringComparer.Ordinal))
                {
                    await writing.Hosts.Where(row => row.Name == host.Name && row.Executor == host.Executor)
                        .ExecuteUpdateAsync(row => row.SetProperty(each => each.Survey, said), cancellationToken);
                }

                await transaction.CommitAsync(cancellationToken);
            },
            cancellationToken);
        if (news)
        {
            inventory.Notify();
        }
    }

    private bool IsDue(string host, string address) =>
        asked.GetValueOrDefault(host) is not { } last
        || last.Address != address
        || time.GetElapsedTime(last.At) >= AskedAgainAfter
        || !last.Questions.Contain(questions);

    /// <param name="Address">Where its executor listened then.</param>
    /// <param name="Questions">What it was asked.</param>
    /// <param name="At">When.</param>
    /// <param name="Said">What it answered, without the time, so that news can be told from a repetition.</param>
    private sealed record Asked(string Address, SurveyQuestions Questions, long At, string Said);
}
