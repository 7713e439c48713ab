namespace Recovery.ControlPlane.Api.Responses;

/// <summary>Whether this control plane can work.</summary>
/// <param name="Status">live, ready or notReady.</param>
/// <param name="Checks">What was looked at.</param>
public sealed record HealthResource(string Status, IReadOnlyList<HealthCheck> Checks);

/// <summary>One thing that was looked at.</summary>
/// <param name="Name">database; of a cloud inventory as well.</param>
/// <param name="Healthy">It is as it has to be.</param>
/// <param name="Reason">What is wrong with it, and what can be done; missing when it is healthy.</param>
public sealed record HealthCheck(string Name, bool Healthy, string? Reason = null);
