using Recovery.ControlPlane.Inventory.Reports;

namespace Recovery.ControlPlane.Inventory.Libvirt;

/// <summary>A live recovery that holds the instance.</summary>
/// <param name="Target">Where it is bringing it up; null while that is not decided.</param>
internal sealed record RecoveryHold(string? Target);

/// <summary>Where an instance belongs now.</summary>
/// <param name="Host">Null: it is forgotten, no host has it any more.</param>
/// <param name="Rivals">
/// Hosts that have it active besides the one it belongs to: two copies of one guest, or a migration in progress.
/// </param>
internal sealed record Verdict(string? Host, IReadOnlyList<string> Rivals)
{
    public Verdict(string? host)
        : this(host, [])
    {
    }
}

/// <summary>
/// The rules of belonging: to which host an instance belongs, as a pure function of what all hosts reported last. It
/// does not matter whose report came first, since the same question is asked after each.
/// </summary>
/// <remarks>
/// An instance belongs to exactly one host, and that host's copy says what it is and whether it shall run. A mistake
/// here starts a guest twice or leaves one down, so in doubt it stays where it is.
/// </remarks>
internal static class Belonging
{
    /// <param name="owner">The host that it belongs to; null when it was not known before.</param>
    /// <param name="ownerIsUp">That host reports now.</param>
    /// <param name="copies">Every host's domain of this UUID, in the order of the hosts' names.</param>
    /// <param name="hold">The live recovery that holds it; null when none does.</param>
    public static Verdict Of(string? owner, bool ownerIsUp, IReadOnlyList<DomainCopy> copies, RecoveryHold? hold)
    {
        if (owner is null)
        {
            return FirstSeen(copies);
        }

        var own = copies.FirstOrDefault(copy => copy.Host == owner);
        var others = copies.Where(copy => copy.Host != owner).ToList();
        var rivals = RivalsOf(own, others, ownerIsUp ? null : hold?.Target);

        // While a recovery holds it, only the recovery's commit moves it.
        if (hold is not null)
        {
            return new Verdict(owner, rivals);
        }

        if (own is null)
        {
            return ownerIsUp ? Gone(others) : new Verdict(owner);
        }

        // Two active copies: nothing here can tell which is right. It stays, and somebody has to look.
        if (rivals.Count > 0)
        {
            return new Verdict(owner, rivals);
        }

        // It runs elsewhere, and its own host, which can be believed, says that it does not run there: an operator
        // migrated it. Were its own host silent, "does not run" would be no more than what it once was.
        var elsewhere = others.Where(copy => copy.Runs && copy.HostIsUp).ToList();
        return ownerIsUp && !own.Runs && elsewhere.Count == 1 ? new Verdict(elsewhere[0].Host) : new Verdict(owner);
    }

    // A domain that nobody knew belongs to whoever has it; if several do, to the one where it runs.
    private static Verdict FirstSeen(IReadOnlyList<DomainCopy> copies)
    {
        var best = Best(copies);
        return best is null
            ? new Verdict(null)
            : new Verdict(best.Host, RivalsOf(best, [.. copies.Where(copy => copy != best)], expected: null));
    }

    // Its host reports, and has it no more: it was migrated away, or somebody undefined it.
    private static Verdict Gone(List<DomainCopy> others) => FirstSeen(others);

    private static DomainCopy? Best(IEnumerable<DomainCopy> copies) => copies
        .OrderByDescending(copy => copy.Runs)
        .ThenByDescending(copy => copy.HostIsUp)
        .ThenBy(copy => copy.Host, StringComparer.Ordinal)
        .FirstOrDefault();

    // A silent host's copy is no rival: it is what every dead host leaves behind. Nor is the expected one, a recovery's
    // own copy on its target, while the source is silent. When the owner's runs, one other is one too many; when it
    // does not, two others are.
    private static List<string> RivalsOf(DomainCopy? own, List<DomainCopy> others, string? expected)
    {
        var active = others.Where(copy => copy.HostIsUp && copy.IsActive && copy.Host != expected).ToList();
        if (own is { Runs: true })
        {
            return active.ConvertAll(copy => copy.Host);
        }

        return active.Count > 1 && active.Exists(copy => copy.Runs) ? active.ConvertAll(copy => copy.Host) : [];
    }
}
