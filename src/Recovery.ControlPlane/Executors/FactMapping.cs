using Google.Protobuf.Collections;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;
using Proto = Recovery.Protocol.V1;

namespace Recovery.ControlPlane.Executors;

/// <summary>What planning needs to know, from the protocol's words. What an older executor does not tell stays unknown.</summary>
internal static class FactMapping
{
    public static ReportedAbilities ToAbilities(Proto.NodeReport report) => new()
    {
        DomainTypes = Told(report.DomainTypes),
        MachineTypes = Told(report.MachineTypes),
        Bridges = [.. report.Bridges], // told by every version, so none means none
        Networks = report.NetworksKnown ? [.. report.Networks] : null,
        NumaCells = report.NumaCells.Count == 0 ? null : [.. report.NumaCells.DistinctBy(cell => cell.Id).Select(ToCell)],
    };

    public static HostRequirements ToRequirements(Proto.HostRequirements? asked) => asked is null
        ? HostRequirements.None
        : new HostRequirements
        {
            Architecture = asked.Architecture,
            DomainType = asked.DomainType,
            MachineType = asked.MachineType,
            Firmware = [.. asked.Firmware],
            Bridges = [.. asked.Bridges],
            Networks = [.. asked.Networks],
            PageSizeKib = Clamp(asked.PageSizeKib),
            NumaNodes = [.. asked.NumaNodes.Select(node => new NumaNode(ProtoMapping.Clamp(node.MemoryMib), Clamp(node.Vcpus)))],
            Devices = asked.Devices.ToDictionary(device => device.Key, device => Clamp(device.Value)),
        };

    /// <summary>The owner's wishes, and a sentence for each that could not be understood, here or by the executor.</summary>
    public static (InstancePolicy Policy, List<string> Faults) ToPolicy(Proto.Policy? said)
    {
        if (said is null)
        {
            return (InstancePolicy.None, []);
        }

        var faults = said.PolicyFaults.ToList();
        var policy = new InstancePolicy
        {
            Priority = Priority(said, faults),
            OptOut = said.OptOut,
            Class = said.Class,
            Zone = said.Zone,
            Image = said.Image,
            Ready = ReadinessMapping.ToGate(said.Ready, faults),
            After = [.. said.After.Select(text => Uuid(text, faults)).OfType<Guid>().Distinct()],
            Groups = [.. said.Groups.Select(group => Group(group, faults)).OfType<InstanceGroup>()],
            Aggregates = [.. said.Aggregates],
            RequiredTraits = [.. said.RequiredTraits],
            ForbiddenTraits = [.. said.ForbiddenTraits],
        };
        return (policy, faults);
    }

    private static List<string>? Told(RepeatedField<string> words) => words.Count == 0 ? null : [.. words];

    private static NumaCell ToCell(Proto.NumaCell cell) => new(
        Clamp(cell.Id),
        ProtoMapping.Clamp(cell.MemoryMib),
        Clamp(cell.Vcpus),
        cell.FreePages.DistinctBy(pages => pages.SizeKib).ToDictionary(pages => Clamp(pages.SizeKib), pages => ProtoMapping.Clamp(pages.Count)));

    private static int Priority(Proto.Policy said, List<string> faults)
    {
        if (!said.HasPriority)
        {
            return InstancePolicy.OrdinaryPriority;
        }

        if (said.Priority <= 100)
        {
            return (int)said.Priority;
        }

        faults.Add($"The priority {said.Priority} is above 100; it counts as {InstancePolicy.OrdinaryPriority}.");
        return InstancePolicy.OrdinaryPriority;
    }

    private static Guid? Uuid(string text, List<string> faults)
    {
        if (Guid.TryParseExact(text, "D", out var uuid))
        {
            return uuid;
        }

        faults.Add($"It shall run after '{text}', which is no UUID of an instance.");
        return null;
    }

    private static InstanceGroup? Group(Proto.PolicyGroup group, List<string> faults)
    {
        GroupRule? rule = group.Rule switch
        {
            "affinity" => GroupRule.Affinity,
            "anti-affinity" => GroupRule.AntiAffinity,
            "soft-affinity" => GroupRule.SoftAffinity,
            "soft-anti-affinity" => GroupRule.SoftAntiAffinity,
            _ => null,
        };
        if (rule is null)
        {
            faults.Add($"The rule '{group.Rule}' of group '{group.Name}' is not known to this version.");
        }

        return rule is { } known ? new InstanceGroup(group.Name, known, Math.Max(1, Clamp(group.MaximumPerHost))) : null;
    }

    private static int Clamp(uint value) => value > int.MaxValue ? int.MaxValue : (int)value;
}
