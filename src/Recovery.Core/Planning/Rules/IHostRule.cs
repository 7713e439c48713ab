using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>One thing that an instance asks of its host.</summary>
/// <param name="Kind">What it is called when a host has not got it.</param>
/// <param name="Value">All that a host is asked about: two needs of one kind and value get the same answer from every host.</param>
internal readonly record struct Need(RejectionKind Kind, string Value);

/// <summary>
/// A rule that looks at the host as the snapshot shows it: no move of a plan changes its answer. It says what an instance
/// needs, piece by piece, because many instances need the same pieces, and every host is asked once about each.
/// </summary>
internal interface IHostRule
{
    IEnumerable<Need> NeedsOf(Instance instance);

    /// <summary>The hosts that meet it. Asked once for each need, so what has to be taken apart is taken apart once.</summary>
    Func<Host, bool> MetBy(Need need);

    /// <summary>Why the host is rejected for it.</summary>
    string Sentence(Need need, Instance instance, Host host);
}
