namespace Recovery.Core.Planning;

/// <summary>What is lost at a time.</summary>
public enum ForecastLevel
{
    Host,

    /// <summary>All hosts of a failure domain at once. A host without one is a domain of its own.</summary>
    Domain,
}

/// <summary>N+1: what each loss would mean, as planned on one snapshot.</summary>
/// <param name="At">When the snapshot was taken, UTC.</param>
/// <param name="Losses">Those that could not be survived first, then by name.</param>
public sealed record Forecast(DateTimeOffset At, ForecastLevel Level, IReadOnlyList<Loss> Losses, HeadRoom HeadRoom)
{
    public int Survivable => Losses.Count(loss => loss.Survivable);
}

/// <summary>The loss of one host or failure domain.</summary>
/// <param name="Name">Of the host or domain.</param>
/// <param name="Hosts">What is lost.</param>
/// <param name="Instances">How many instances would have to move.</param>
/// <param name="StaysDown">What no other host could take; instances that stay down by wish are not counted.</param>
/// <param name="MostLoaded">The survivor that is fullest afterwards; null when nothing survives.</param>
public sealed record Loss(
    string Name,
    IReadOnlyList<string> Hosts,
    int Instances,
    IReadOnlyList<Unplaced> StaysDown,
    Load? MostLoaded)
{
    public bool Survivable => StaysDown.Count == 0;
}

/// <summary>How full a host is.</summary>
/// <param name="MemoryPercent">Promised memory over what may be promised.</param>
/// <param name="VcpuPercent">Promised virtual processors over what may be promised.</param>
public sealed record Load(string Host, double MemoryPercent, double VcpuPercent);

/// <summary>What is free on the hosts that take instances now.</summary>
/// <param name="Hosts">How many hosts take instances now.</param>
/// <param name="MemoryMib">Free memory in MiB on all of them together.</param>
/// <param name="Vcpus">Free virtual processors on all of them together.</param>
/// <param name="LargestMemoryMib">The largest piece of memory in MiB that is free on one host.</param>
public sealed record HeadRoom(int Hosts, long MemoryMib, long Vcpus, long LargestMemoryMib);
