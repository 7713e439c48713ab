using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Who starts the guest on the target.</summary>
public enum EvacuationPath
{
    /// <summary>We do, without any nova-compute, before TX-C.</summary>
    Direct,

    /// <summary>The target's nova-compute does, after TX-C, asked by <c>server start</c>.</summary>
    Assisted,
}

/// <summary>TX-C: the instance belongs to the target. From here there is no way back but another recovery.</summary>
internal static class EvacuationCommit
{
    public const string Name = "TX-C";

    // nova/compute/power_state.py.
    private const int Running = 1;
    private const int Paused = 3;
    private const int ShutDown = 4;

    /// <param name="facts">Host, state and zone as they were seen when the evacuation began.</param>
    public static BuiltTransaction Of(
        InstanceFacts facts, TargetFacts target, EvacuationMark mark, EvacuationPath path, DateTimeOffset now)
    {
        var instance = facts.Instance;
        if (instance.VmState is not ("active" or "stopped" or "paused"))
        {
            return BuiltTransaction.Refused(
                $"{instance.DisplayName} is {instance.VmState ?? "in no state"}: only active, stopped and paused instances are moved in the databases. Hand it over to Nova's own evacuate.");
        }

        var time = ForeignTime.Of(now);
        return BuiltTransaction.Of(
            new ForeignTransaction(
                Name,
                ForeignDatabase.Nova,
                facts.Cell,
                [Instance(instance, target, path, time), Migration(target, mark, time), .. EvacuationHistory.Ended(mark.RequestId, "Success", time)])
            {
                Subject = instance.DisplayName,
            });
    }

    private static RowChange Instance(InstanceRecord instance, TargetFacts target, EvacuationPath path, string time)
    {
        // Nova's power sync stops an active instance whose domain is off, and a stopped one whose domain runs.
        var (state, power) = (path, instance.VmState) switch
        {
            (EvacuationPath.Direct, "active") => ("active", Running),
            (EvacuationPath.Direct, "paused") => ("paused", Paused),
            _ => ("stopped", ShutDown),
        };
        Dictionary<string, object?> values = new()
        {
            ["host"] = target.Host,
            ["node"] = target.Node,
            ["availability_zone"] = target.Zone,
            ["vm_state"] = state,
            ["task_state"] = null,
        };
        if (instance.HasComputeId)
        {
            values["compute_id"] = target.ComputeNodeId;
        }

        Dictionary<string, object?> along = new() { ["power_state"] = power, ["progress"] = 0, ["updated_at"] = time };
        if (power != ShutDown)
        {
            along["launched_at"] = time;
        }

        return new RowChange
        {
            Table = "instances",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["uuid"] = instance.Uuid.ToString() },
            Seen = new Dictionary<string, object?> { ["host"] = instance.Host, ["deleted"] = 0, ["task_state"] = "rebuilding" },
            Values = values,
            Along = along,
        };
    }

    // A source that came back meanwhile has set it to completed: it stays so.
    private static RowChange Migration(TargetFacts target, EvacuationMark mark, string time)
    {
        Dictionary<string, object?> values = new()
        {
            ["status"] = "done",
            ["dest_compute"] = target.Host,
            ["dest_node"] = target.Node,
            ["dest_host"] = target.Address,
        };
        if (target.HasDestComputeId)
        {
            values["dest_compute_id"] = target.ComputeNodeId;
        }

        return new RowChange
        {
            Table = "migrations",
            Kind = RowChangeKind.Update,
            Key = new Dictionary<string, object?> { ["uuid"] = mark.Migration.ToString() },
            Seen = new Dictionary<string, object?> { ["status"] = "accepted" },
            Values = values,
            Along = new Dictionary<string, object?> { ["updated_at"] = time },
            Miss = Miss.Accept,
        };
    }
}
