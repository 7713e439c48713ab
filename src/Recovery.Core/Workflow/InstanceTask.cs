namespace Recovery.Core.Workflow;

/// <summary>What a recovery does to one of its instances.</summary>
public enum InstanceTask
{
    /// <summary>Bring it up on another host, which it belongs to from then on.</summary>
    Move,

    /// <summary>Start it where it is and belongs: its host was away.</summary>
    Resume,

    /// <summary>Take away the copy that a returned host still has of an instance that is elsewhere now.</summary>
    Forget,
}
