using Recovery.Core.Inventory;
using Recovery.Core.Workflow;

namespace Recovery.Core.Tests.Workflow;

/// <summary>What becomes of each domain of a host that is back, as a table.</summary>
public class ReturnRulesTests
{
    private static readonly ReturnedDomain Ran = new()
    {
        Id = Guid.Parse("11111111-1111-4111-8111-111111111111"),
        Name = "web",
        State = DomainState.Crashed,
        IsActive = false,
        IsOffSinceBoot = true,
        Autostart = true,
        BelongsTo = "node1",
    };

    private static readonly ReturnedDomain Stale = Ran with { BelongsTo = "node2", WasRecoveredFromHere = true };

    private static readonly ReturnedDomain Novas = Stale with { KeptByNova = true };

    public static TheoryData<string, ReturnedDomain, ReturnAction, ReturnAction> Table => new()
    {
        // Its own: by itself, and when an operator asks.
        { "it ran and shall start with its host", Ran, ReturnAction.Resume, ReturnAction.Resume },
        { "it was paused", Ran with { State = DomainState.Paused }, ReturnAction.Resume, ReturnAction.Resume },
        { "it ran, and nobody wants it started with its host", Ran with { Autostart = false }, ReturnAction.LeaveOff, ReturnAction.Resume },
        { "its owner shut it off", Ran with { State = DomainState.ShutOff }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "it runs", Ran with { State = DomainState.Running, IsActive = true, IsOffSinceBoot = false }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "it is paused now", Ran with { State = DomainState.Paused, IsActive = true, IsOffSinceBoot = false }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "it crashed while its host lived", Ran with { IsOffSinceBoot = false }, ReturnAction.LeaveAlone, ReturnAction.Resume },
        { "it may run elsewhere", Ran with { MayRunOn = ["node3"] }, ReturnAction.Wait, ReturnAction.Wait },
        { "a recovery holds it", Ran with { HeldBy = Guid.NewGuid() }, ReturnAction.Wait, ReturnAction.Wait },

        // Of others.
        { "it was recovered elsewhere", Stale, ReturnAction.Forget, ReturnAction.Forget },
        { "it was off, and recovered elsewhere", Stale with { State = DomainState.ShutOff }, ReturnAction.Forget, ReturnAction.Forget },
        { "it runs elsewhere, as it shall", Stale with { MayRunOn = ["node2"] }, ReturnAction.Forget, ReturnAction.Forget },
        { "it was recovered elsewhere, and is active here", Stale with { State = DomainState.Running, IsActive = true }, ReturnAction.Conflict, ReturnAction.Conflict },
        { "it belongs elsewhere, and is paused here", Stale with { State = DomainState.Paused, IsActive = true, WasRecoveredFromHere = false }, ReturnAction.Conflict, ReturnAction.Conflict },
        { "a recovery holds its instance", Stale with { HeldBy = Guid.NewGuid() }, ReturnAction.Wait, ReturnAction.Wait },
        { "an operator left it here when he migrated it", Stale with { WasRecoveredFromHere = false }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "no other host has a definition of it", Stale with { BelongsTo = null }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },

        // Of a cloud.
        { "it was recovered elsewhere, so nova-compute destroys it", Novas, ReturnAction.Wait, ReturnAction.Wait },
        { "a recovery holds it", Novas with { HeldBy = Guid.NewGuid() }, ReturnAction.Wait, ReturnAction.Wait },
        { "it was recovered elsewhere, and is active here", Novas with { State = DomainState.Running, IsActive = true }, ReturnAction.Conflict, ReturnAction.Conflict },
        { "an operator left it here when he migrated it", Novas with { WasRecoveredFromHere = false }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "Nova never knew it, and it runs", Ran with { KeptByNova = true, BelongsTo = null, State = DomainState.Running, IsActive = true }, ReturnAction.LeaveAlone, ReturnAction.LeaveAlone },
        { "it was recovered, and Nova knows it no more, and it runs", Novas with { BelongsTo = null, State = DomainState.Running, IsActive = true }, ReturnAction.Conflict, ReturnAction.Conflict },
        { "it belongs here, and nova-compute starts what shall start", Ran with { KeptByNova = true }, ReturnAction.LeaveAlone, ReturnAction.Resume },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void What_becomes_of_it(string story, ReturnedDomain domain, ReturnAction byItself, ReturnAction whenAsked)
    {
        Assert.NotEmpty(story);
        Assert.Equal(byItself, ReturnRules.Of("node1", domain, onlyAutostart: true).Action);
        Assert.Equal(whenAsked, ReturnRules.Of("node1", domain, onlyAutostart: false).Action);
    }

    [Fact]
    public void What_needs_a_human_says_why()
    {
        foreach (var domain in (ReturnedDomain[])[Ran with { MayRunOn = ["node3"] }, Stale with { IsActive = true }, Ran with { Autostart = false }])
        {
            Assert.Contains("web", ReturnRules.Of("node1", domain, onlyAutostart: true).Why, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_is_Novas_to_destroy_says_what_has_to_be_started_for_it()
    {
        Assert.Contains("nova-compute does so when it starts there", ReturnRules.Of("node1", Novas, onlyAutostart: true).Why, StringComparison.Ordinal);
        Assert.EndsWith(
            "nova-compute destroys the one on node1 when it starts there.",
            ReturnRules.Of("node1", Novas with { IsActive = true }, onlyAutostart: true).Why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ReturnAction.LeaveAlone, "node1", true, true)]
    [InlineData(ReturnAction.LeaveOff, "node1", true, true)]
    [InlineData(ReturnAction.Resume, "node1", true, false)]
    [InlineData(ReturnAction.Wait, "node1", true, false)]
    [InlineData(ReturnAction.Wait, "node2", false, false)]
    [InlineData(ReturnAction.Forget, "node2", false, false)]
    [InlineData(ReturnAction.Conflict, "node2", false, false)]
    public void A_host_is_clean_when_nothing_of_others_can_run_there_and_settled_when_nothing_is_left_to_do(
        ReturnAction action, string belongsTo, bool isClean, bool isSettled)
    {
        var plan = new ReturnPlan("node1", [new ReturnVerdict(Ran with { BelongsTo = belongsTo }, action)]);

        Assert.Equal((isClean, isSettled), (plan.IsClean, plan.IsSettled));
    }

    [Fact]
    public void What_fails_is_tried_later_and_later_and_not_for_ever()
    {
        var ended = new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero);
        Assert.Equal(DateTimeOffset.MinValue, ReturnTries.Next(null));
        var waits = Enumerable.Range(1, ReturnTries.Most).Select(tries => ReturnTries.Next(new ReturnTry(tries, ended, false)) - ended);
        Assert.Equal(["0:15", "0:30", "1:00", "2:00", "4:00", "8:00", "16:00", "30:00", "30:00", "never"], waits.Select(Words));
        Assert.Null(ReturnTries.Next(new ReturnTry(1, ended, Cancelled: true)));

        static string Words(TimeSpan? wait) => wait is { } time ? $"{(int)time.TotalMinutes}:{time.Seconds:00}" : "never";
    }
}
