namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>One of the places that replicas pass one at a time: <see cref="Turnstile"/>.</summary>
public sealed class TurnstileRow
{
    public required string Name { get; set; }

    /// <summary>Grows with each that passes: a write, so that Galera's nodes see each other there too.</summary>
    public long Passed { get; set; }
}
