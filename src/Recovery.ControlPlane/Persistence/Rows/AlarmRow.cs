namespace Recovery.ControlPlane.Persistence.Rows;

/// <summary>Something that somebody has to look at, for as long as it lasts; kept when it is over.</summary>
public sealed class AlarmRow
{
    public long Id { get; set; }

    /// <summary>One of <see cref="AlarmKinds"/>.</summary>
    public required string Kind { get; set; }

    /// <summary>What it is about while it is open; null when it is over. Unique, so that two replicas ring once.</summary>
    public string? OpenSubject { get; set; }

    public required Guid InstanceId { get; set; }

    /// <summary>The instance's name, for humans.</summary>
    public string Name { get; set; } = "";

    /// <summary>Where its copies are, in the order of their names.</summary>
    public List<string> Hosts { get; set; } = [];

    public required DateTimeOffset Since { get; set; }

    /// <summary>When it was last found to be so.</summary>
    public required DateTimeOffset LastSeen { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>What is the matter, and what to do.</summary>
    public required string Message { get; set; }

    public static string SubjectOf(string kind, Guid instance) => $"{kind}/{instance}";
}

/// <summary>The kinds of alarms.</summary>
public static class AlarmKinds
{
    /// <summary>One guest runs on two hosts: both write its disks. There is nothing louder.</summary>
    public const string SplitBrain = "split-brain";

    /// <summary>One guest runs on one host and is paused on another for longer than a migration takes: a warning.</summary>
    public const string PausedCopy = "paused-copy";
}
