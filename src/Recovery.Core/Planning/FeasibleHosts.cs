using System.Text;
using Recovery.Core.Inventory;

namespace Recovery.Core.Planning;

/// <summary>The hosts that the host rules allow for all instances that ask for the same, the emptiest first.</summary>
internal sealed class FeasibleHosts(int[] emptiestFirst, int hosts)
{
    private readonly bool[] contained = Mark(emptiestFirst, hosts);

    public ReadOnlySpan<int> EmptiestFirst => emptiestFirst;

    public bool Contains(int host) => contained[host];

    /// <summary>
    /// Everything that the host rules look at in an instance, as text: two instances of one signature have the same
    /// feasible hosts. What a host rule reads and this leaves out would be a mistake that a test looks for.
    /// </summary>
    public static string Signature(Instance instance)
    {
        var text = new StringBuilder();
        foreach (var disk in instance.Disks)
        {
            if (disk.BlockDevice is not null)
            {
                return Alone(instance);
            }

            Append(text, "v", disk.Backend);
            if (disk.File is { } file && !Append(text, file))
            {
                return Alone(instance);
            }

            foreach (var backing in disk.BackingFiles)
            {
                if (!Append(text, backing))
                {
                    return Alone(instance);
                }
            }
        }

        foreach (var file in instance.Files)
        {
            if (!Append(text, file))
            {
                return Alone(instance);
            }
        }

        if (!ReferenceEquals(instance.Requirements, HostRequirements.None))
        {
            var wanted = instance.Requirements;
            Append(text, "a", wanted.Architecture);
            Append(text, "d", wanted.DomainType);
            Append(text, "m", wanted.MachineType);
            Append(text, "c", wanted.Cpu);
            Append(text, "f", wanted.Firmware);
            Append(text, "b", wanted.Bridges);
            Append(text, "n", wanted.Networks);
        }

        var policy = instance.Policy;
        if (!ReferenceEquals(policy, InstancePolicy.None))
        {
            Append(text, "z", policy.Zone);
            Append(text, "g", policy.Aggregates);
            Append(text, "r", policy.RequiredTraits);
            Append(text, "x", policy.ForbiddenTraits);
        }

        return text.ToString();
    }

    // No host can take it, and the reasons name its own paths.
    private static string Alone(Instance instance) => instance.Id.ToString();

    private static bool Append(StringBuilder text, HostFile file)
    {
        Append(text, "s", file.StorageId);
        return file.OnStorage;
    }

    private static void Append(StringBuilder text, string kind, IReadOnlyList<string> values)
    {
        foreach (var value in values)
        {
            Append(text, kind, value);
        }
    }

    // Names hold no line feeds.
    private static void Append(StringBuilder text, string kind, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            text.Append(kind).Append(value).Append('\n');
        }
    }

    private static bool[] Mark(int[] indexes, int hosts)
    {
        var marks = new bool[hosts];
        foreach (var index in indexes)
        {
            marks[index] = true;
        }

        return marks;
    }
}
