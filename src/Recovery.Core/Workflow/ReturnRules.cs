using Recovery.Core.Inventory;

namespace Recovery.Core.Workflow;

/// <summary>A domain of a host that is back, and what is known of its instance.</summary>
public sealed record ReturnedDomain
{
    public required Guid Id { get; init; }

    public required string Name { get; init; }

    /// <summary>What it is; where the host forgot, what it was before it fell.</summary>
    public required DomainState State { get; init; }

    /// <summary>It holds its disks open now.</summary>
    public required bool IsActive { get; init; }

    /// <summary>It is off since its host started; nobody ended it.</summary>
    public bool IsOffSinceBoot { get; init; }

    /// <summary>Its owner wants it started with its host.</summary>
    public bool Autostart { get; init; }

    /// <summary>The host that the instance belongs to; null when it belongs to none.</summary>
    public string? BelongsTo { get; init; }

    /// <summary>A recovery brought it up elsewhere, and so made this copy stale.</summary>
    public bool WasRecoveredFromHere { get; init; }

    /// <summary>Its cluster is Nova's: stale copies are nova-compute's to destroy, and so is what starts with its host.</summary>
    public bool KeptByNova { get; init; }

    /// <summary>Another live recovery works on it.</summary>
    public Guid? HeldBy { get; init; }

    /// <summary>Other hosts on which it is active by their last word, and which nothing proves to be off.</summary>
    public IReadOnlyList<string> MayRunOn { get; init; } = [];
}

/// <summary>What becomes of a domain of a host that is back.</summary>
public enum ReturnAction
{
    /// <summary>It is as it shall be.</summary>
    LeaveAlone,

    /// <summary>A stale copy, off: it is undefined, its disks stay.</summary>
    Forget,

    /// <summary>It belongs here, ran before the host fell, and shall run again.</summary>
    Resume,

    /// <summary>It ran before the host fell, and nobody asked to have it started with its host.</summary>
    LeaveOff,

    /// <summary>It would be resumed or forgotten, and something is in the way; it is looked at again.</summary>
    Wait,

    /// <summary>A stale copy that is active: two copies of one guest. Nothing is touched, somebody has to look.</summary>
    Conflict,
}

/// <param name="Domain">What it is about.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Why">For humans; empty where nothing needs to be said.</param>
public sealed record ReturnVerdict(ReturnedDomain Domain, ReturnAction Action, string Why = "");

/// <summary>
/// What to do on a host that is back, as a pure function of what it has and what is known elsewhere. Forgetting and
/// starting are the only effects; whatever is in doubt is left alone.
/// </summary>
/// <remarks>
/// What ran before the host fell runs again: of its own accord where autostart is set, else when an operator asks. What
/// its owner had shut off stays off, autostart or not. In a cloud nova-compute does all of this at its start, and takes
/// away also the volumes and ports of a stale copy: so nothing is forgotten, and nothing is started unless somebody asks.
/// </remarks>
public static class ReturnRules
{
    /// <param name="host">The host that is back.</param>
    /// <param name="domain">One of its domains.</param>
    /// <param name="onlyAutostart">Nobody asked: only what its owner wants started with its host.</param>
    public static ReturnVerdict Of(string host, ReturnedDomain domain, bool onlyAutostart) =>
        domain.BelongsTo == host ? OfItsOwn(host, domain, onlyAutostart) : OfOthers(host, domain);

    private static ReturnVerdict OfItsOwn(string host, ReturnedDomain domain, bool onlyAutostart)
    {
        if (domain.IsActive || domain.State == DomainState.ShutOff || (domain.KeptByNova && onlyAutostart))
        {
            return new ReturnVerdict(domain, ReturnAction.LeaveAlone);
        }

        // It crashed while its host lived: that is between it and its owner, until somebody asks.
        if (onlyAutostart && !domain.IsOffSinceBoot)
        {
            return new ReturnVerdict(domain, ReturnAction.LeaveAlone);
        }

        if (onlyAutostart && !domain.Autostart)
        {
            return new ReturnVerdict(
                domain, ReturnAction.LeaveOff,
                $"{domain.Name} ran on {host} before it fell, and its autostart is not set, so it stays off.");
        }

        if (Held(domain) is { } held)
        {
            return held;
        }

        return domain.MayRunOn.Count > 0
            ? new ReturnVerdict(
                domain, ReturnAction.Wait,
                $"{domain.Name} is not started on {host}: by their last word it is active on {string.Join(", ", domain.MayRunOn)} too, and nothing proves that it is not.")
            : new ReturnVerdict(domain, ReturnAction.Resume);
    }

    private static ReturnVerdict OfOthers(string host, ReturnedDomain domain)
    {
        // Nova does not know it, and nobody brought it up elsewhere: an operator's own.
        if (domain is { KeptByNova: true, BelongsTo: null, WasRecoveredFromHere: false })
        {
            return new ReturnVerdict(domain, ReturnAction.LeaveAlone);
        }

        if (domain.IsActive)
        {
            return new ReturnVerdict(
                domain, ReturnAction.Conflict,
                $"{domain.Name} belongs to {domain.BelongsTo ?? "no host"} and is active on {host} as well. It is not touched: look at both, and destroy the wrong copy by hand."
                + (domain.KeptByNova ? $" nova-compute destroys the one on {host} when it starts there." : ""));
        }

        // The definition on the host that it belongs to is what it lives by; without one, this may be the last.
        if (domain.BelongsTo is null || !domain.WasRecoveredFromHere)
        {
            return new ReturnVerdict(domain, ReturnAction.LeaveAlone);
        }

        if (Held(domain) is { } held)
        {
            return held;
        }

        return domain.KeptByNova
            ? new ReturnVerdict(
                domain, ReturnAction.Wait,
                $"{domain.Name} was recovered on {domain.BelongsTo}, and its stale copy on {host} is Nova's to destroy: nova-compute does so when it starts there (openstack compute service list --service nova-compute --host {host}).")
            : new ReturnVerdict(domain, ReturnAction.Forget);
    }

    private static ReturnVerdict? Held(ReturnedDomain domain) => domain.HeldBy is { } recovery
        ? new ReturnVerdict(domain, ReturnAction.Wait, $"{domain.Name} is in the hands of recovery {recovery}.")
        : null;
}

/// <summary>What there is to do on a host that is back.</summary>
/// <param name="Host">The host.</param>
/// <param name="Verdicts">One for each of its domains.</param>
public sealed record ReturnPlan(string Host, IReadOnlyList<ReturnVerdict> Verdicts)
{
    /// <summary>There is something to carry out now.</summary>
    public bool HasWork => Any(ReturnAction.Forget) || Any(ReturnAction.Resume);

    /// <summary>Nothing of others is left here that could run a second time.</summary>
    public bool IsClean => !Any(ReturnAction.Conflict) && !Verdicts.Any(verdict =>
        verdict.Domain.BelongsTo != Host && verdict.Action is ReturnAction.Forget or ReturnAction.Wait);

    /// <summary>Nothing is left to be done here.</summary>
    public bool IsSettled => IsClean && !HasWork && !Any(ReturnAction.Wait);

    /// <summary>What keeps it from being clean is nova-compute's to do.</summary>
    public bool WaitsForNova => Verdicts.Any(verdict =>
        verdict is { Domain.KeptByNova: true, Action: ReturnAction.Wait or ReturnAction.Conflict } && verdict.Domain.BelongsTo != Host);

    public IReadOnlyList<ReturnVerdict> Of(ReturnAction action) => [.. Verdicts.Where(verdict => verdict.Action == action)];

    private bool Any(ReturnAction action) => Verdicts.Any(verdict => verdict.Action == action);
}
