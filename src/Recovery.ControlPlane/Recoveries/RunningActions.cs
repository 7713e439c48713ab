namespace Recovery.ControlPlane.Recoveries;

/// <summary>What a driver has under way: at most one action for each instance and for each host.</summary>
public sealed class RunningActions
{
    private readonly Dictionary<Guid, Task> instances = [];
    private readonly Dictionary<string, Task> hosts = new(StringComparer.Ordinal);

    public IReadOnlySet<Guid> Instances => instances.Keys.ToHashSet();

    public IReadOnlySet<string> Hosts => hosts.Keys.ToHashSet(StringComparer.Ordinal);

    public IReadOnlyList<Task> All => [.. instances.Values, .. hosts.Values];

    public void Add(Guid instance, Task action) => instances.Add(instance, action);

    public void Add(string host, Task action) => hosts.Add(host, action);

    /// <summary>Takes out what has ended, and fails with it if it failed. Gives the instances that went on.</summary>
    public async Task<IReadOnlyCollection<Guid>> CollectAsync()
    {
        var ended = instances.Where(each => each.Value.IsCompleted).ToList();
        foreach (var (instance, action) in ended)
        {
            instances.Remove(instance);
            await action;
        }

        foreach (var (host, action) in hosts.Where(each => each.Value.IsCompleted).ToList())
        {
            hosts.Remove(host);
            await action;
        }

        return [.. ended.Select(each => each.Key)];
    }
}
