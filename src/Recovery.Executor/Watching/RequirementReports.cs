using Recovery.Executor.DomainXml;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>What a definition asks of its host, and what its owner wants for it, in the protocol's words.</summary>
internal static class RequirementReports
{
    /// <exception cref="DomainXmlException">The definition can't be read, or asks for what can't be understood.</exception>
    public static HostRequirements Requirements(string definition, DomainFacts facts)
    {
        var asked = RequirementsReader.Read(definition, facts);
        var report = new HostRequirements
        {
            Architecture = asked.Architecture,
            DomainType = asked.DomainType,
            MachineType = asked.MachineType,
            Firmware = { facts.Firmware.Select(file => file.Path).Distinct(StringComparer.Ordinal) },
            Bridges = { asked.Bridges },
            Networks = { asked.Networks },
            PageSizeKib = asked.HugePages is { } pages ? pages.SizeKiB ?? HugePageSize.OfHost() : 0,
            NumaNodes = { asked.NumaNodes.Select(node => new NumaNode { MemoryMib = node.MemoryMiB, Vcpus = node.Vcpus }) },
            CpuXml = asked.CpuXml,
        };
        foreach (var same in asked.Devices.GroupBy(device => HostDevices.ClassOf(device), StringComparer.Ordinal)) report.Devices[same.Key] = (uint)same.Count();
        return report;
    }

    /// <returns>Null when its owner said nothing.</returns>
    /// <exception cref="DomainXmlException">The definition can't be read.</exception>
    public static Policy? Policy(string definition)
    {
        if (PolicyReader.Read(definition) is not { } said) return null;
        var policy = new Policy
        {
            OptOut = said.OptOut,
            Class = said.Class,
            Zone = said.Zone,
            Image = said.Image,
            After = { said.After },
            Groups = { said.Groups.Select(group => new Protocol.V1.PolicyGroup { Name = group.Name, Rule = group.Rule, MaximumPerHost = group.MaximumPerHost }) },
            Aggregates = { said.Aggregates },
            RequiredTraits = { said.RequiredTraits },
            ForbiddenTraits = { said.ForbiddenTraits },
            PolicyFaults = { said.Faults },
        };
        if (said.Priority is { } priority) policy.Priority = priority;
        if (said.Ready is { } ready)
            policy.Ready = new Protocol.V1.ReadinessGate
            {
                Agent = ready.Agent,
                Tcp = ready.Tcp ?? "",
                Http = ready.Http ?? "",
                Status = ready.Status,
                WithinSeconds = ready.WithinSeconds,
            };
        return policy;
    }
}
