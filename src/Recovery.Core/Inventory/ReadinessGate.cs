namespace Recovery.Core.Inventory;

/// <summary>What a guest has to answer to before others may rely on it.</summary>
public enum ReadinessProbe
{
    /// <summary>The QEMU guest agent inside it answers <c>guest-ping</c>.</summary>
    Agent,

    /// <summary>Somebody accepts at an address and port.</summary>
    Tcp,

    /// <summary>A URL answers with a status.</summary>
    Http,
}

/// <summary>How to see that a guest does its work, and not only that it runs.</summary>
/// <param name="Probe">Who is asked.</param>
/// <param name="Address"><c>10.0.0.5:22</c> or <c>http://10.0.0.5/health</c>; empty for the agent.</param>
/// <param name="Status">The HTTP status that counts.</param>
/// <param name="WithinSeconds">A guest that is not ready by then is told of by an alarm, and stays as it is.</param>
public sealed record ReadinessGate(
    ReadinessProbe Probe, string Address = "", int Status = 200, int WithinSeconds = ReadinessGate.OrdinaryPatience)
{
    /// <summary>In seconds; a Linux guest boots within a minute, also on a host that starts many at once.</summary>
    public const int OrdinaryPatience = 300;
}
