using Recovery.ControlPlane.Configuration;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>How full one host may become. What is left out is as configured for all hosts.</summary>
/// <param name="MemoryOvercommit">Promised memory over physical memory, 0.1 to 100.</param>
/// <param name="ReservedMemoryMib">Memory in MiB that stays with the host's own system.</param>
/// <param name="VcpuOvercommit">Promised virtual processors over logical processors, 0.1 to 1000.</param>
/// <param name="ReservedVcpus">Logical processors that stay with the host's own system.</param>
/// <param name="DiskOvercommit">Promised disk over the room for disks, 0.1 to 100.</param>
/// <param name="ReservedDiskMib">Room for disks in MiB that stays free.</param>
public sealed record HostLimitsBody(
    double? MemoryOvercommit = null,
    long? ReservedMemoryMib = null,
    double? VcpuOvercommit = null,
    int? ReservedVcpus = null,
    double? DiskOvercommit = null,
    long? ReservedDiskMib = null)
{
    // The same ranges as for all hosts.
    internal static HostLimits Read(ObjectReader? body)
    {
        if (body is null)
        {
            return HostLimits.AsConfigured;
        }

        var limits = new HostLimits(
            Ratio("memoryOvercommit", "MemoryOvercommit"),
            Whole("reservedMemoryMib", "ReservedMemoryMib"),
            Ratio("vcpuOvercommit", "VcpuOvercommit"),
            (int?)Whole("reservedVcpus", "ReservedVcpus"),
            Ratio("diskOvercommit", "DiskOvercommit"),
            Whole("reservedDiskMib", "ReservedDiskMib"));
        body.End();
        return limits;

        double? Ratio(string name, string option)
        {
            var (minimum, maximum) = OptionRules.Ranges[$"Planner:{option}"];
            return body.Number(name, minimum, maximum);
        }

        long? Whole(string name, string option)
        {
            var (minimum, maximum) = OptionRules.Ranges[$"Planner:{option}"];
            return body.Long(name, (long)minimum, (long)maximum);
        }
    }
}
