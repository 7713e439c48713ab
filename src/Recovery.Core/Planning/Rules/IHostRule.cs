using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>A rule that looks at the host as the snapshot shows it: no move of a plan changes its answer.</summary>
internal interface IHostRule
{
    /// <summary>Every reason against the host; none when it can take the instance as far as this rule goes.</summary>
    IEnumerable<Rejection> Check(Instance instance, Host host);
}

/// <summary>A rule whose answer depends on what the plan has placed so far, or on what was asked for.</summary>
internal interface IPlacementRule
{
    /// <summary>Asked for each pair of instance and host, so it must be cheap.</summary>
    bool Allows(Guest guest, int host, Placement placement);

    /// <summary>Why not; asked only when it does not allow it.</summary>
    IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement);
}
