using Recovery.Executor.Autostart;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Fencing;

/// <summary>
/// Ends every guest on this host and looks whether they are gone. QEMU's processes are killed first: that needs no
/// libvirt, and libvirt then records a crash and not an owner's wish. What libvirt still has is destroyed after that.
/// Neither a disk nor a definition is touched. In doubt it is not confirmed.
/// </summary>
internal sealed class HostFence(
    StepRunner steps, LibvirtSession libvirt, AutostartKeeper autostart, StartGate starts, FencedGuests fenced, TimeProvider time, ILogger<HostFence> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PatienceWithOne = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilLibvirtNotices = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly SemaphoreSlim turn = new(1, 1);

    /// <summary>Given in tests.</summary>
    internal GuestProcesses Processes { get; init; } = new();

    // A guest's process was seen in this run, so guests' processes can be seen from here.
    private bool sawProcess;

    /// <summary>Ends with what is so; asking twice is asking once.</summary>
    /// <exception cref="StepFailure">It is malformed, or of an outdated driver; nothing was done.</exception>
    /// <exception cref="IOException">The log can't be written; nothing was done.</exception>
    public async Task<FenceReply> EndEverything(FenceRequest request)
    {
        if (request.Recovery.Length is 0 or > 200 || request.Epoch == 0)
            throw new StepFailure(ErrorCode.InvalidCommand, "recovery must have 1 to 200 characters, and epoch must be at least 1");
        await turn.WaitAsync();
        try
        {
            if (request.OnlyIfBegun && await WithoutEndingAny(request) is { } known) return known;
            using var closed = starts.Close();
            var ran = await Look();
            var ended = steps.BeginFence(request.Recovery, request.Epoch, [.. ran.Guests.Order(StringComparer.Ordinal)]);
            log.LogWarning("recovery {Recovery} fences this host: {Guests} end now", request.Recovery, ran.Guests.Count == 0 ? "no guests" : string.Join(", ", ran.Guests));
            var reply = Reply(ended, await End(ran));
            log.LogWarning("this host is {Fenced}: {Message}", reply.Confirmed ? "fenced" : "NOT fenced", reply.Message);
            Record(request.Recovery, reply);
            return reply;
        }
        finally
        {
            turn.Release();
        }
    }

    public void Dispose() => turn.Dispose();

    // Null: an order arrived and was not carried to its end, which is what has to be done now.
    private async Task<FenceReply?> WithoutEndingAny(FenceRequest request)
    {
        var story = steps.AskForFence(request.Recovery, request.Epoch);
        if (!story.Begun)
        {
            log.LogWarning("recovery {Recovery} asked whether it had told this host to end its guests; it had not", request.Recovery);
            return new FenceReply { Message = "This host was not told to end its guests, and did not do so." };
        }
        if (!story.Confirmed) return null;

        // It was done. What runs now was started by somebody since, and that somebody may have had reasons.
        var sight = await Look();
        return Reply(story.Guests, sight, sight.Guests.Count == 0 ? "" : $" All guests had been ended; {string.Join(", ", sight.Guests.Order(StringComparer.Ordinal))} {(sight.Guests.Count == 1 ? "was" : "were")} started here since, and left alone.");
    }

    private async Task<Sight> End(Sight sight)
    {
        var begin = time.GetTimestamp();
        while (true)
        {
            fenced.Add(sight.Uuids);
            if (sight.Processes.Count > 0) await Bounded(() => KillAll(sight.Processes), "killing QEMU", PatienceWithOne * 2);
            // Destroyed too early, libvirt would take its end for an owner's wish.
            var isLibvirtsTurn = sight.Processes.Count == 0 || time.GetElapsedTime(begin) > UntilLibvirtNotices;
            if (isLibvirtsTurn && sight.Active is { Count: > 0 }) await Bounded(() => DestroyAll(sight.Active), "asking libvirt to end guests", PatienceWithOne);
            if (sight.Flagged is { Count: > 0 }) await Bounded(() => TakeFlags(sight.Flagged), "taking autostart flags", PatienceWithOne);
            sight = await Look();
            if (!sight.CanChange || time.GetElapsedTime(begin) > Patience) return sight;
            await Task.Delay(Pause, time);
        }
    }

    // What runs now, and why it can't be said that nothing does.
    private async Task<Sight> Look()
    {
        var faults = new List<string>();
        var (processes, blind) = await Bounded(() => Processes.Find(), "looking at this host's processes", PatienceWithOne);
        if (blind.Length > 0) faults.Add(blind);
        sawProcess |= processes is { Count: > 0 };
        faults.AddRange((processes ?? []).Select(process => process.IsQemu
            ? $"{process} is still there"
            : $"{process} looks like a guest and is no QEMU that this executor knows, so it was left alone: end it by hand"));

        var (domains, away) = await Bounded(Domains, "asking libvirt", PatienceWithOne);
        faults.AddRange((domains ?? []).Where(domain => domain.IsActive).Select(domain => $"libvirt has {domain.Name} as active"));
        faults.AddRange((domains ?? []).Where(domain => domain.Autostart).Select(domain =>
            $"{domain.Name} is flagged in libvirt to be started with this host{(autostart.TakesFlags ? "" : ", and Executor:KeepAutostart is false")}"));
        if (domains is null && !sawProcess && !Processes.SeesEverything)
            faults.Add("no guest's process was ever seen from here, so that none is seen proves nothing: give the executor the host's PID namespace (hostPID: true, --pid=host), or see to libvirt");
        if (starts.Starting > 0) faults.Add("a start that was under way has not ended yet");
        return new Sight(processes ?? [], domains, faults, away)
        {
            CanChange = faults.Count > 0 && (blind.Length > 0 || starts.Starting > 0 || (processes ?? []).Any(process => process.IsQemu)
                || (domains ?? []).Any(domain => domain.IsActive || (domain.Autostart && autostart.TakesFlags))),
        };
    }

    private sealed record DomainSight(string Uuid, string Name, bool IsActive, bool Autostart);

    private sealed record Sight(IReadOnlyList<GuestProcess> Processes, IReadOnlyList<DomainSight>? Domains, IReadOnlyList<string> Faults, string LibvirtAway)
    {
        /// <summary>What is left may go yet, by waiting or by another try.</summary>
        public bool CanChange { get; init; }

        public IReadOnlyList<DomainSight> Active => [.. (Domains ?? []).Where(domain => domain.IsActive)];

        public IReadOnlyList<DomainSight> Flagged => [.. (Domains ?? []).Where(domain => domain.Autostart)];

        public IReadOnlyList<string> Uuids => [.. Active.Select(domain => domain.Uuid), .. Processes.Select(process => process.Uuid).Where(uuid => uuid.Length > 0)];

        public HashSet<string> Guests => Active.Select(domain => domain.Name).Concat(Processes.Where(process => !process.IsEnding)
            .Select(process => process.Name.Length > 0 ? process.Name : process.Uuid)).ToHashSet(StringComparer.Ordinal);
    }

    private static FenceReply Reply(IReadOnlyCollection<string> ended, Sight sight, string since = "")
    {
        var left = sight.Guests;
        var libvirt = sight.LibvirtAway.Length > 0 ? $" (libvirt could not be asked: {sight.LibvirtAway})" : "";
        return new FenceReply
        {
            Begun = true,
            Confirmed = sight.Faults.Count == 0,
            Ended = { ended.Where(name => !left.Contains(name)) },
            Message = sight.Faults.Count == 0
                ? $"No guest runs on this host{libvirt}."
                : $"It can't be confirmed that no guest runs on this host: {string.Join("; ", sight.Faults)}{libvirt}.{since} Ask again, or switch the host off by another way.",
        };
    }

    private void Record(string recovery, FenceReply reply)
    {
        try
        {
            steps.EndFence(recovery, reply.Confirmed, reply.Message);
        }
        catch (IOException fault)
        {
            // Only a note: a repeat looks at what runs, and not into the log.
            log.LogError(fault, "the outcome of fencing can't be written to the operation log");
        }
    }

    private static bool KillAll(IReadOnlyList<GuestProcess> processes)
    {
        var ends = processes.Where(process => process.IsQemu).Select(ProcessEnd.Begin).OfType<ProcessEnd>().ToList();
        foreach (var end in ends)
        {
            using (end) end.IsOver(PatienceWithOne / ends.Count);
        }
        return true;
    }

    private List<DomainSight> Domains()
    {
        var domains = new List<DomainSight>();
        foreach (var domain in LibvirtDomain.All(libvirt.Current))
        {
            using (domain)
            {
                try
                {
                    domains.Add(new DomainSight(domain.Uuid, domain.Name, domain.IsActive(), domain.IsPersistent() && domain.Autostart()));
                }
                catch (LibvirtException gone) when (gone.Code == LibvirtErrorCode.NoDomain)
                {
                    // It went away between two questions.
                }
            }
        }
        return domains;
    }

    private bool DestroyAll(IReadOnlyList<DomainSight> active)
    {
        foreach (var each in active)
        {
            try
            {
                using var domain = LibvirtDomain.FindByUuid(libvirt.Current, each.Uuid);
                domain?.Destroy();
            }
            catch (LibvirtException refused) when (!refused.ConnectionLost)
            {
                log.LogWarning("{Domain} can't be ended by libvirt: {Reason}", each.Name, refused.Message);
            }
        }
        return true;
    }

    private bool TakeFlags(IReadOnlyList<DomainSight> flagged) => flagged.All(domain => autostart.Take(libvirt.Current, domain.Uuid));

    // Neither libvirt's calls nor a look at a process that hangs in the kernel can be interrupted: they are left behind.
    private async Task<(T? Answer, string Fault)> Bounded<T>(Func<T> call, string what, TimeSpan patience) where T : notnull
    {
        try
        {
            return (await Task.Run(call).WaitAsync(patience, time), "");
        }
        catch (TimeoutException)
        {
            return (default, $"{what} took more than {patience.TotalSeconds:0} s");
        }
        catch (Exception failed) when (failed is LibvirtException or LibvirtUnavailableException or IOException or UnauthorizedAccessException)
        {
            return (default, $"{what}: {failed.Message}");
        }
    }
}
