using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>What a host can offer to guests, as its executor reported it; what is missing was never told.</summary>
/// <param name="DomainTypes">Kinds of virtualization: kvm, qemu.</param>
/// <param name="MachineTypes">How many machine types it can emulate, aliases included.</param>
/// <param name="Bridges">Linux and Open vSwitch bridges.</param>
/// <param name="Networks">libvirt's virtual networks.</param>
/// <param name="NumaCells">Its NUMA cells, with their free huge pages by size in KiB.</param>
/// <param name="Survey">What it would be to guests of other hosts; missing until it was asked.</param>
public sealed record AbilitiesResource(
    IReadOnlyList<string>? DomainTypes,
    int? MachineTypes,
    IReadOnlyList<string>? Bridges,
    IReadOnlyList<string>? Networks,
    IReadOnlyList<NumaCell>? NumaCells,
    SurveyResource? Survey)
{
    internal static AbilitiesResource From(HostRow row) => new(
        row.Abilities.DomainTypes,
        row.Abilities.MachineTypes?.Count,
        row.Abilities.Bridges,
        row.Abilities.Networks,
        row.Abilities.NumaCells,
        row.Survey.At is { } at ? SurveyResource.From(row.Survey, at) : null);
}

/// <summary>A host's answers to what the cluster's instances would need of it.</summary>
/// <param name="At">When it answered.</param>
/// <param name="Cpus">Whether its processor can be that of guests, by the id in an instance's requirements.</param>
/// <param name="Backends">Whether it reaches the volumes' backends.</param>
/// <param name="Firmware">Whether it has the firmware files that definitions name, by path.</param>
public sealed record SurveyResource(
    DateTimeOffset At,
    IReadOnlyDictionary<string, CpuFit> Cpus,
    IReadOnlyDictionary<string, BackendReach> Backends,
    IReadOnlyDictionary<string, bool> Firmware)
{
    internal static SurveyResource From(SurveyAnswers answers, DateTimeOffset at) =>
        new(at, answers.Cpus, answers.Backends, answers.Firmware);
}
