using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What an instance's owner wants for it, as written into its metadata.</summary>
/// <param name="Priority">0 to 100; 50 when nobody said. Higher ones are recovered first.</param>
/// <param name="Recover">False when its owner does not want it recovered.</param>
/// <param name="Class">What it is; missing for nothing special.</param>
/// <param name="Ready">When it can be relied on; missing: as soon as it runs. What comes after it waits for this.</param>
/// <param name="After">UUIDs of instances that have to run before it does.</param>
/// <param name="Groups">Groups that it is a member of.</param>
/// <param name="Zone">The only zone that it may be in; missing for any.</param>
/// <param name="Aggregates">It must be in one of these; empty for any.</param>
/// <param name="RequiredTraits">What its host must have.</param>
/// <param name="ForbiddenTraits">What its host must not have.</param>
/// <param name="Image">The base image that it was made from; missing when unknown.</param>
/// <param name="Faults">What could not be understood; the rest counts.</param>
public sealed record PolicyResource(
    int Priority,
    bool Recover,
    string? Class,
    ReadinessResource? Ready,
    IReadOnlyList<Guid> After,
    IReadOnlyList<InstanceGroup> Groups,
    string? Zone,
    IReadOnlyList<string> Aggregates,
    IReadOnlyList<string> RequiredTraits,
    IReadOnlyList<string> ForbiddenTraits,
    string? Image,
    IReadOnlyList<string> Faults)
{
    internal static PolicyResource From(DomainRow row) => new(
        row.Policy.Priority,
        !row.Policy.OptOut,
        Said(row.Policy.Class),
        ReadinessResource.From(row.Policy.Ready),
        row.Policy.After,
        row.Policy.Groups,
        Said(row.Policy.Zone),
        row.Policy.Aggregates,
        row.Policy.RequiredTraits,
        row.Policy.ForbiddenTraits,
        Said(row.Policy.Image),
        row.PolicyFaults);

    private static string? Said(string text) => text.Length > 0 ? text : null;
}

/// <summary>Whom to ask whether a guest does its work.</summary>
/// <param name="Probe">Its guest agent, a TCP port, or a URL.</param>
/// <param name="Address">The address and port, or the URL; missing for the agent.</param>
/// <param name="Status">The HTTP status that counts; missing for the others.</param>
/// <param name="WithinSeconds">After that it is told of by an alarm, and stays as it is.</param>
public sealed record ReadinessResource(ReadinessProbe Probe, string? Address, int? Status, int WithinSeconds)
{
    internal static ReadinessResource? From(ReadinessGate? gate) => gate is null ? null : new(
        gate.Probe,
        gate.Address.Length > 0 ? gate.Address : null,
        gate.Probe == ReadinessProbe.Http ? gate.Status : null,
        gate.WithinSeconds);
}
