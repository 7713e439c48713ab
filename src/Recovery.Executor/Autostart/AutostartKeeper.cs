using Recovery.Executor.Libvirt;

namespace Recovery.Executor.Autostart;

/// <summary>
/// Takes libvirt's autostart flags into the executor's own keeping. libvirt would start a flagged guest at boot, before
/// anybody can say that it runs elsewhere by now; the control plane starts what still belongs here. A wish is on disk
/// before libvirt's flag is cleared, so a crash in between leaves both, never neither.
/// </summary>
internal sealed class AutostartKeeper(AutostartFile file, bool takesFlags, TimeProvider time, ILogger<AutostartKeeper> log)
{
    private readonly Lock gate = new();
    private Dictionary<string, AutostartWish> known = new(StringComparer.Ordinal);
    private string complaint = "";

    /// <summary>False: libvirt's flags are left alone.</summary>
    public bool TakesFlags => takesFlags;

    /// <summary>Reads what is kept; what can't be read leaves what was known.</summary>
    public void Refresh()
    {
        try
        {
            Know(file.Read());
        }
        catch (Exception unreadable) when (IsOfFile(unreadable))
        {
            Complain(unreadable.Message);
        }
    }

    public bool Keeps(string uuid)
    {
        lock (gate) return known.ContainsKey(uuid);
    }

    /// <summary>Takes the flag of a domain that has it; blocks. What fails is logged, and tried again at the next look.</summary>
    /// <returns>False: libvirt's flag is still there.</returns>
    public bool Take(LibvirtConnection connection, string uuid)
    {
        var name = uuid;
        try
        {
            using var domain = LibvirtDomain.FindByUuid(connection, uuid);
            if (domain is null) return true;
            name = domain.Name;
            if (!domain.IsPersistent() || !domain.Autostart()) return true;
            if (!takesFlags) return false;
            Know(file.Change(wishes => With(wishes, domain)));
            domain.SetAutostart(false);
            log.LogInformation("{Domain} ({Uuid}) is to be started with this host: kept here instead of in libvirt", domain.Name, domain.Uuid);
            return true;
        }
        catch (LibvirtException gone) when (gone.Code == LibvirtErrorCode.NoDomain)
        {
            return true;
        }
        catch (Exception failed) when (failed is LibvirtException || IsOfFile(failed))
        {
            Complain($"the autostart flag of {name} stays in libvirt: {failed.Message}");
            return false;
        }
    }

    /// <summary>The domain is not on this host any more, and the wish goes with it, as libvirt's own flag would.</summary>
    public void Forget(string uuid)
    {
        if (Keeps(uuid)) Drop(wish => wish.Uuid == uuid);
    }

    /// <summary>Forgets the wishes of all domains but these, which is every domain that libvirt has.</summary>
    public void ForgetAllBut(IReadOnlyCollection<string> present)
    {
        // A libvirt that has no domain at all has rather lost its definitions (a mount that is not there yet) than seen
        // them all undefined one by one. A wish without a domain harms nobody.
        if (present.Count == 0) return;
        lock (gate)
        {
            if (known.Keys.All(present.Contains)) return;
        }
        Drop(wish => !present.Contains(wish.Uuid));
    }

    private void Drop(Func<AutostartWish, bool> isGone)
    {
        try
        {
            var dropped = new List<AutostartWish>();
            Know(file.Change(wishes =>
            {
                dropped.AddRange(wishes.Where(isGone));
                return wishes.Where(wish => !isGone(wish));
            }));
            foreach (var wish in dropped) log.LogInformation("{Domain} ({Uuid}) is not on this host any more, so it is not to be started with it", wish.Name, wish.Uuid);
        }
        catch (Exception failed) when (IsOfFile(failed))
        {
            Complain(failed.Message);
        }
    }

    private IEnumerable<AutostartWish> With(IReadOnlyList<AutostartWish> wishes, LibvirtDomain domain)
    {
        var since = wishes.FirstOrDefault(wish => wish.Uuid == domain.Uuid)?.Since ?? time.GetUtcNow();
        return [.. wishes.Where(wish => wish.Uuid != domain.Uuid), new AutostartWish(domain.Uuid, domain.Name, since)];
    }

    private void Know(IReadOnlyList<AutostartWish> wishes)
    {
        lock (gate)
        {
            known = wishes.GroupBy(wish => wish.Uuid, StringComparer.Ordinal).ToDictionary(same => same.Key, same => same.First(), StringComparer.Ordinal);
            complaint = "";
        }
    }

    // Once per outage: this runs at every refresh.
    private void Complain(string message)
    {
        lock (gate)
        {
            if (complaint == message) return;
            complaint = message;
        }
        log.LogError("autostart: {Reason}", message);
    }

    private static bool IsOfFile(Exception failed) => failed is AutostartFileException or IOException or UnauthorizedAccessException;
}
