namespace Recovery.Core.Planning.Rules;

/// <summary>A rule whose answer depends on what the plan has placed so far, or on what was asked for.</summary>
internal interface IPlacementRule
{
    /// <summary>Asked for each pair of instance and host, so it must be cheap.</summary>
    bool Allows(Guest guest, int host, Placement placement);

    /// <summary>Why not; asked only when it does not allow it.</summary>
    IEnumerable<Rejection> Explain(Guest guest, int host, Placement placement);
}
