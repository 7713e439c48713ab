using Recovery.Scenarios.Tests.ControlPlanes;

namespace Recovery.Scenarios.Tests.Cluster;

/// <summary>
/// The moments at which a process may die: before and after every write of a control plane's journal, before and after
/// every effect of an executor. Counted in the order in which they come.
/// </summary>
internal sealed class Crashes(World world)
{
    private static readonly TimeSpan ExecutorAway = TimeSpan.FromSeconds(1);
    private static readonly Task Never = new TaskCompletionSource().Task;

    /// <summary>After which time a control plane that died is started again.</summary>
    public TimeSpan ControlPlaneAway { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>How many such moments have been.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers of the moments at which whoever is there dies.</summary>
    public IReadOnlyCollection<int> At { get; set; } = [];

    /// <summary>Only moments after this begin to count.</summary>
    public bool Counting { get; set; }

    /// <summary>What each moment was, when somebody wants to know.</summary>
    public List<string>? Names { get; set; }

    /// <summary>Completed at once, or never.</summary>
    public Task ExecutorAsync(SimulatedHost host, string where)
    {
        if (!Strikes($"executor {host.Name} {where}"))
        {
            return Task.CompletedTask;
        }

        world.CrashExecutor(host, ExecutorAway);
        return Never;
    }

    /// <summary>True: the process is dead, and whoever asks must never go on.</summary>
    public bool ControlPlane(ControlPlaneProcess process, string where)
    {
        if (!Strikes($"control plane {process.Name} {where}"))
        {
            return false;
        }

        process.Kill();
        world.Later(ControlPlaneAway, process.Start);
        return true;
    }

    private bool Strikes(string where)
    {
        if (!Counting)
        {
            return false;
        }

        var number = Count++;
        Names?.Add(where);
        return At.Contains(number);
    }
}
