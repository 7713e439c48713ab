using System.Text;
using Recovery.Core.Inventory;
using Recovery.Core.Planning;

namespace Recovery.Core.Tests.Planning.Properties;

/// <summary>One random question to the planner.</summary>
/// <param name="Snapshot">At most three of its hosts are empty.</param>
/// <param name="Newcomer">An empty host that could be added.</param>
/// <param name="Shuffle">Another order for everything whose order must not matter.</param>
internal sealed record PlanningCase(
    ClusterSnapshot Snapshot, PlanRequest Request, PlannerOptions Options, Host Newcomer, int Shuffle)
{
    public override string ToString()
    {
        var text = new StringBuilder();
        text.AppendLine($"sources {string.Join(' ', Request.Sources)}; instances {Names(Request.Instances)}; targets {string.Join(' ', Request.Targets)}; "
            + $"not {string.Join(' ', Request.ExcludedTargets)} {Names(Request.ExcludedInstances)}; ignore dependencies {Request.IgnoreDependencies}; "
            + $"reserve {Options.ReservedMemoryMib} MiB, vCPUs x{Options.VcpuOvercommit}, {Options.RepairTries} tries; shuffle {Shuffle}");
        foreach (var host in Snapshot.Hosts.Append(Newcomer))
        {
            text.AppendLine($"{(host == Newcomer ? "newcomer " : "")}{host.Name}: {host.MemoryMib} MiB {host.Vcpus} vCPUs {host.DiskMib} disk, {host.Liveness} "
                + $"{(host.Maintenance ? "maintenance " : "")}{(host.Quarantined ? "quarantined " : "")}{(host.Spare ? "spare " : "")}"
                + $"domain '{host.FailureDomain}' zone '{host.Zone}' traits {string.Join(',', host.Traits)} storages {string.Join(',', host.Storages)} "
                + $"cells {string.Join(" | ", host.Abilities.NumaCells?.Select(cell => $"{cell.MemoryMib} MiB {cell.Vcpus} vCPUs {string.Join(',', cell.FreePages.Select(page => $"{page.Value} of {page.Key}"))}") ?? ["unknown"])} "
                + $"devices {string.Join(',', host.Abilities.Devices.Select(device => $"{device.Value} {device.Key}"))}{(host.Limits == HostLimits.AsConfigured ? "" : $" {host.Limits}")}");
        }

        foreach (var instance in Snapshot.Instances)
        {
            text.AppendLine($"{instance.Name} on {instance.Host}: {instance.MemoryMib} MiB {instance.Vcpus} vCPUs {instance.DiskMib} disk {instance.State} tier {instance.Policy.Priority} "
                + $"on {instance.Disks[0].File!.StorageId} {(instance.Policy.OptOut ? "opted out " : "")}{instance.Policy.Class} zone '{instance.Policy.Zone}' "
                + $"needs {string.Join(',', instance.Policy.RequiredTraits)} after {Names(instance.Policy.After)} "
                + $"groups {string.Join(", ", instance.Policy.Groups.Select(group => $"{group.Name} {group.Rule} {group.MaximumPerHost}"))} "
                + $"pages {instance.Requirements.PageSizeKib} nodes {string.Join(" | ", instance.Requirements.NumaNodes.Select(node => $"{node.MemoryMib} MiB {node.Vcpus}"))} devices {instance.Requirements.Devices.Count}");
        }

        foreach (var reservation in Snapshot.Reservations)
        {
            text.AppendLine($"reserved on {reservation.Host}: {reservation.MemoryMib} MiB {reservation.Vcpus} vCPUs {reservation.DiskMib} disk for {Names([reservation.Instance])}");
        }

        return text.ToString();
    }

    private string Names(IEnumerable<Guid> instances) =>
        string.Join(' ', instances.Select(id => Snapshot.Instances.FirstOrDefault(instance => instance.Id == id)?.Name ?? "(another)"));
}

/// <summary>What answers: the planner, or one that is broken on purpose.</summary>
internal sealed record PlannerUnderTest(
    string Name,
    Func<ClusterSnapshot, PlanRequest, PlannerOptions, Plan> Plan,
    Func<ClusterSnapshot, ForecastLevel, PlannerOptions, Forecast> Forecast)
{
    public static readonly PlannerUnderTest Real = new("the planner", Planner.Plan, Forecaster.Of);

    public Plan PlanOf(PlanningCase question) => Plan(question.Snapshot, question.Request, question.Options);
}
