namespace Recovery.Executor.Fencing;

/// <summary>A process of this host that is a guest, or looks like one.</summary>
/// <param name="Id">Its process id, as this executor sees it.</param>
/// <param name="StartedAt">Field 22 of /proc/ID/stat: with the id it names one process for ever.</param>
/// <param name="Name">The guest's name; empty: unknown.</param>
/// <param name="Uuid">The guest's UUID in lower case; empty: unknown.</param>
/// <param name="Program">The file name of what it runs.</param>
/// <param name="IsQemu">It is QEMU beyond doubt. What only looks like a guest is never killed.</param>
/// <param name="IsEnding">It was killed, and one of its threads is still busy in the kernel, perhaps with a write.</param>
internal sealed record GuestProcess(int Id, ulong StartedAt, string Name, string Uuid, string Program, bool IsQemu, bool IsEnding)
{
    public override string ToString() =>
        $"{(Name.Length > 0 ? Name : Uuid.Length > 0 ? Uuid : "a guest")} (process {Id}, {Program}{(IsEnding ? ", killed, and still busy in the kernel" : "")})";
}
