using Recovery.Protocol.V1;
using Recovery.Scenarios.Tests.Time;
using Action = Recovery.Protocol.V1.StepCommand.ActionOneofCase;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>What each step does to the host: first a look at what is there, then at most one effect.</summary>
internal sealed class SimulatedSteps(World world, SimulatedHost host, Strand strand)
{
    private static readonly TimeSpan PatienceWithLibvirt = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);

    public async Task<StepResult> CarryOutAsync(StepCommand command)
    {
        var until = world.Kernel.Now + command.TimeLimit.ToTimeSpan();
        if (TakeFault(command) is { } fault)
        {
            if (fault.Code is { } code)
            {
                await TakeAsync(100);
                return SimulatedExecutor.Failed(code, $"{command.ActionCase} was refused on {host.Name}.", fault.RetryCanHelp);
            }

            await Task.Delay(until - world.Kernel.Now, strand.Time);
            return SimulatedExecutor.Failed(ErrorCode.DeadlineExceeded, "The deadline passed before it was done.", retryCanHelp: true);
        }

        await TakeAsync(DurationOf(command.ActionCase));
        var waited = world.Kernel.Now + PatienceWithLibvirt;
        while (!host.LibvirtUp)
        {
            if (world.Kernel.Now >= waited || world.Kernel.Now >= until)
            {
                return SimulatedExecutor.Failed(ErrorCode.LibvirtUnavailable, "libvirtd does not answer.", retryCanHelp: true);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), strand.Time);
        }

        if (world.Kernel.Now >= until)
        {
            return SimulatedExecutor.Failed(ErrorCode.DeadlineExceeded, "The deadline passed before it was done.", retryCanHelp: true);
        }

        var id = Guid.ParseExact(command.Instance, "D");
        return command.ActionCase switch
        {
            Action.ConnectVolumes => await ConnectAsync(command, id),
            Action.CheckDisks => CheckDisks(command, id),
            Action.Define => await DefineAsync(command, id),
            Action.Start => await StartAsync(command, id),
            Action.Attach => Found(id) ? Done("attached") : NotFound(),
            Action.Verify => await VerifyAsync(command, id),
            Action.AwaitAgent => await AwaitAgentAsync(id, until),
            Action.Stop => await StopAsync(command, id),
            Action.Undefine => await UndefineAsync(command, id),
            Action.Disconnect => await DisconnectAsync(command, id),
            _ => SimulatedExecutor.Failed(ErrorCode.InvalidCommand, "no action is given."),
        };
    }

    private PlannedFault? TakeFault(StepCommand command)
    {
        var fault = host.Faults.Find(each => each.Action == command.ActionCase && (each.Guest is null || each.Guest.Value.ToString("D") == command.Instance));
        if (fault is not null && --fault.Times == 0)
        {
            host.Faults.Remove(fault);
        }

        return fault;
    }

    private async Task<StepResult> ConnectAsync(StepCommand command, Guid id)
    {
        var lost = command.ConnectVolumes.Volumes.FirstOrDefault(volume => host.LostPortals.Contains(volume.Iscsi.PortalHost));
        if (lost is not null)
        {
            return SimulatedExecutor.Failed(ErrorCode.PortalUnreachable, $"{lost.Iscsi.PortalHost} does not answer.", retryCanHelp: true);
        }

        if (command.ConnectVolumes.Volumes.Any(volume => volume.ChapPassword != World.Secret))
        {
            return SimulatedExecutor.Failed(ErrorCode.LoginRefused, "CHAP says no.");
        }

        await EffectAsync(command, () =>
        {
            foreach (var volume in command.ConnectVolumes.Volumes)
            {
                host.Connected.Add((id, volume.DiskTarget));
            }
        });
        return Done("connected");
    }

    private StepResult CheckDisks(StepCommand command, Guid id)
    {
        foreach (var disk in command.CheckDisks.Disks)
        {
            if (!host.Storages.Contains(disk.File.StorageId))
            {
                return SimulatedExecutor.Failed(ErrorCode.StorageMissing, $"{host.Name} has no storage {disk.File.StorageId}.");
            }

            if (world.LostDisks.Contains((disk.File.StorageId, disk.File.PathInStorage)))
            {
                return SimulatedExecutor.Failed(ErrorCode.DiskMissing, $"{disk.File.PathInStorage} is not on {disk.File.StorageId}.");
            }

            if (world.LockingStorages.Contains(disk.File.StorageId) && world.HostsRunning(id).Any(other => other != host))
            {
                return SimulatedExecutor.Failed(ErrorCode.DiskLocked, $"{disk.File.PathInStorage} is being written by another host.");
            }
        }

        return Done("checked");
    }

    private async Task<StepResult> DefineAsync(StepCommand command, Guid id)
    {
        var present = host.Find(id);
        if (present is not null && !host.Log.Owns(command))
        {
            return SimulatedExecutor.Failed(ErrorCode.DomainExists, present.IsActive
                ? $"DANGER: INSTANCE {present.Spec.Name} IS RUNNING ON {host.Name} ALREADY."
                : $"{host.Name} has a domain {present.Spec.Name} already, which this recovery did not define.");
        }

        if (present is { IsActive: true })
        {
            return Done("already defined here by this recovery, and running");
        }

        await EffectAsync(command, () =>
        {
            host.Log.Claims[command.Instance] = command.Recovery;
            host.Put(new SimulatedDomain(world.Guests[id], DomainState.ShutOff) { Autostart = false });
        });
        return Done("defined");
    }

    private async Task<StepResult> StartAsync(StepCommand command, Guid id)
    {
        if (host.Find(id) is not { } domain)
        {
            return NotFound();
        }

        if (domain.IsActive)
        {
            return Done("already running");
        }

        await EffectAsync(command, () => host.Turn(domain, command.Start.Paused ? DomainState.Paused : DomainState.Running));
        return Done("started");
    }

    private async Task<StepResult> VerifyAsync(StepCommand command, Guid id)
    {
        await Task.Delay(Settle, strand.Time);
        if (host.Find(id) is not { } domain)
        {
            return NotFound();
        }

        var expected = command.Verify.Paused ? DomainState.Paused : DomainState.Running;
        return domain.State == expected
            ? Done($"{expected}, with its disks")
            : SimulatedExecutor.Failed(ErrorCode.DomainNotRunning, $"{domain.Spec.Name} does not run: {domain.State}.");
    }

    private async Task<StepResult> AwaitAgentAsync(Guid id, DateTimeOffset until)
    {
        while (true)
        {
            if (host.Find(id) is not { IsActive: true } domain)
            {
                return SimulatedExecutor.Failed(ErrorCode.DomainNotRunning, "it does not run.");
            }

            if (domain.Spec.ReadyAfter is { } after && world.Kernel.Now >= domain.StartedAt + after)
            {
                return Done("its agent answers");
            }

            if (world.Kernel.Now >= until)
            {
                return SimulatedExecutor.Failed(ErrorCode.AgentSilent, $"the agent of {domain.Spec.Name} did not answer in time.", retryCanHelp: true);
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), strand.Time);
        }
    }

    private async Task<StepResult> StopAsync(StepCommand command, Guid id)
    {
        if (host.Find(id) is not { IsActive: true } domain)
        {
            return Done("already off");
        }

        if (!host.Log.Owns(command))
        {
            return SimulatedExecutor.Failed(ErrorCode.DomainNotOurs, $"{domain.Spec.Name} runs here, but this recovery did not define it.");
        }

        await EffectAsync(command, () => host.Turn(domain, DomainState.ShutOff));
        return Done("stopped");
    }

    private async Task<StepResult> UndefineAsync(StepCommand command, Guid id)
    {
        if (host.Find(id) is not { } domain)
        {
            host.Log.Claims.Remove(command.Instance);
            return Done("no such domain here");
        }

        var stale = command.Undefine.Stale;
        if (!stale && !host.Log.Owns(command))
        {
            return SimulatedExecutor.Failed(ErrorCode.DomainNotOurs, $"{domain.Spec.Name} is here, but this recovery did not define it.");
        }

        if (domain.IsActive)
        {
            return SimulatedExecutor.Failed(stale ? ErrorCode.DomainRunning : ErrorCode.InvalidCommand, $"{domain.Spec.Name} still runs.");
        }

        await EffectAsync(command, () =>
        {
            host.Remove(id);
            host.Log.Claims.Remove(command.Instance);
        });
        return Done("undefined");
    }

    private async Task<StepResult> DisconnectAsync(StepCommand command, Guid id)
    {
        if (host.Connected.Any(each => each.Instance == id))
        {
            await EffectAsync(command, () => host.Connected.RemoveWhere(each => each.Instance == id));
        }

        return Done("disconnected");
    }

    private async Task EffectAsync(StepCommand command, System.Action effect)
    {
        await world.Crashes.ExecutorAsync(host, $"before the effect of {SimulatedExecutor.Name(command)}");
        world.Watcher.Effect(host, command);
        effect();
        await world.Crashes.ExecutorAsync(host, $"after the effect of {SimulatedExecutor.Name(command)}");
    }

    private static int DurationOf(Action action) => action switch
    {
        Action.ConnectVolumes => 300,
        Action.Start => 500,
        Action.Verify => 200,
        _ => 100,
    };

    private Task TakeAsync(int milliseconds) =>
        Task.Delay(world.Dice.Duration(TimeSpan.FromMilliseconds(milliseconds)), strand.Time);

    private bool Found(Guid id) => host.Find(id) is not null;

    private static StepResult Done(string message) => new() { Succeeded = true, Message = message };

    private static StepResult NotFound() => SimulatedExecutor.Failed(ErrorCode.DomainNotFound, "no such domain here.");
}
