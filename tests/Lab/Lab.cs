namespace Recovery.Labs;

/// <summary>
/// A small data centre on one machine: real libvirt, real QEMU guests, a real iSCSI target, and a power cord to every host.
/// A lab outlives the program that built it; only the one that built it takes it down when disposed.
/// </summary>
public sealed class Lab : IAsyncDisposable
{
    private readonly LabState _state;
    private readonly IscsiTarget _target;
    private readonly GuestYard _guests;
    private bool _takesDown;

    private Lab(LabState state, LabOptions options, LabNetwork network)
    {
        _state = state;
        _target = new IscsiTarget(state, new Machine(state, LabNetwork.StorageName));
        _guests = new GuestYard(state, options, network, _target);
        Options = options;
        Hosts = [.. Enumerable.Range(1, options.Hosts).Select(n => new LabHost(state, network, options, n))];
        RootAddress = network.RootAddress;
        StoragePortal = $"{network.StorageAddress}:3260";
    }

    public LabOptions Options { get; }
    public string Name => Options.Name;
    public IReadOnlyList<LabHost> Hosts { get; }

    /// <summary>The machine that runs the lab, as the hosts see it.</summary>
    public string RootAddress { get; }

    /// <summary>Where all volumes are: address:port.</summary>
    public string StoragePortal { get; }

    /// <summary>CHAP accounts of all volumes, mode 0600: <c>[{"targetName":…,"username":…,"password":…}]</c>.</summary>
    public string ChapFile => _state.ChapFile;

    /// <summary>A program that speaks the fence agents' protocol; give it <c>lab=NAME</c> and <c>plug=node1</c>.</summary>
    public string FenceAgent => $"{_state.Tools}/fence_lab";

    /// <summary>A storage as the machine that runs the lab sees it.</summary>
    public string StorageDirectory(string storage) => _state.Storage(storage);

    /// <summary>What the marker file of a storage says.</summary>
    public string StorageId(string storage) => SharedStorage.Id(Name, storage);

    /// <summary>Builds a lab and switches it on; whatever an earlier lab of this name left is cleared away first.</summary>
    /// <exception cref="LabException">It could not be built; nothing of it is left.</exception>
    public static async Task<Lab> UpAsync(LabOptions options, CancellationToken cancellationToken = default)
    {
        options.Validated();
        Prerequisites.Check();
        var state = new LabState(options.Name);
        var network = new LabNetwork(options.Name, options.Subnet);
        using var _ = await LabLock.AcquireAsync(options.Name, cancellationToken);
        await Teardown.RunAsync(state, cancellationToken);
        await TakenSubnet.RefuseAsync(network, cancellationToken);
        try
        {
            await new Construction(state, options, network).RunAsync(cancellationToken);
            var lab = new Lab(state, options, network) { _takesDown = true };
            await lab.SwitchOnAsync(cancellationToken);
            return lab;
        }
        catch
        {
            await Teardown.RunAsync(state, CancellationToken.None);
            throw;
        }
    }

    /// <summary>Attaches to a lab that is up. Disposing does not take it down.</summary>
    public static async Task<Lab> OpenAsync(string name, CancellationToken cancellationToken = default)
    {
        var state = new LabState(name);
        if (!LabOptions.NamePattern().IsMatch(name) || !File.Exists(state.OptionsFile))
            throw new LabException($"There is no lab \"{name}\" on this machine. Start it with: recovery-lab up --lab {name}");
        var options = await LabState.ReadJsonAsync<LabOptions>(state.OptionsFile, cancellationToken);
        return new Lab(state, options, new LabNetwork(name, options.Subnet));
    }

    /// <summary>Takes away whatever there is of a lab of this name; nothing at all is fine too.</summary>
    public static async Task DownAsync(string name, CancellationToken cancellationToken = default)
    {
        if (!LabOptions.NamePattern().IsMatch(name)) throw new LabException($"\"{name}\" is not the name of a lab.");
        Prerequisites.Check();
        using var _ = await LabLock.AcquireAsync(name, cancellationToken);
        await Teardown.RunAsync(new LabState(name), cancellationToken);
    }

    public Task DownAsync(CancellationToken cancellationToken = default)
    {
        _takesDown = false;
        return DownAsync(Name, cancellationToken);
    }

    /// <summary>From now on the lab stays up when this object is disposed.</summary>
    public void Keep() => _takesDown = false;

    public LabHost Host(string name) => Hosts.FirstOrDefault(h => h.Name == name)
        ?? throw new LabException($"Lab \"{Name}\" has no host \"{name}\"; it has {string.Join(", ", Hosts.Select(h => h.Name))}.");

    public Task<LabVolume> AddVolumeAsync(string name, int sizeMiB = 4, CancellationToken cancellationToken = default) =>
        _target.AddAsync(name, sizeMiB, cancellationToken);

    /// <summary>Gives a canary its disk, defines it on its host and starts it unless told otherwise.</summary>
    public Task<LabGuest> AddGuestAsync(GuestOptions guest, CancellationToken cancellationToken = default) =>
        _guests.AddAsync(guest, Host(guest.Host), cancellationToken);

    /// <summary>Defines a guest on another host by hand, as an operator without Recovery would; it is not started.</summary>
    public async Task DefineGuestAsync(string guest, string host, CancellationToken cancellationToken = default) =>
        await _guests.DefineAsync(await _guests.GetAsync(guest, cancellationToken), Host(host), cancellationToken);

    /// <summary>Starts a guest that the host knows already.</summary>
    public Task StartGuestAsync(string guest, string host, CancellationToken cancellationToken = default) =>
        Host(host).VirshAsync(["start", guest], null, cancellationToken);

    public Task<LabGuest> GuestAsync(string name, CancellationToken cancellationToken = default) => _guests.GetAsync(name, cancellationToken);
    public Task<IReadOnlyList<LabGuest>> GuestsAsync(CancellationToken cancellationToken = default) => _guests.AllAsync(cancellationToken);
    public Task<IReadOnlyList<LabVolume>> VolumesAsync(CancellationToken cancellationToken = default) => _target.AllAsync(cancellationToken);

    /// <summary>What the guest has said on its serial port so far, on whatever hosts it ran.</summary>
    public async Task<CanaryStory> StoryAsync(string guest, CancellationToken cancellationToken = default) =>
        await _guests.StoryAsync(await _guests.GetAsync(guest, cancellationToken), cancellationToken);

    /// <summary>Waits until the story is as wanted, and returns it.</summary>
    /// <exception cref="LabException">It was not so in time; tells how the story is.</exception>
    public async Task<CanaryStory> StoryAsync(string guest, Func<CanaryStory, bool> until, TimeSpan within, CancellationToken cancellationToken = default)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var story = await StoryAsync(guest, cancellationToken);
            if (until(story)) return story;
            if (TimeProvider.System.GetElapsedTime(begin) > within)
                throw new LabException($"The story of {guest} did not become what was awaited within {within.TotalSeconds:0.#} s. " +
                    $"Runs: {string.Join(", ", story.Runs.DefaultIfEmpty(null).Select(r => r?.ToString() ?? "none"))}. Faults: {string.Join(", ", story.Faults.DefaultIfEmpty("none"))}.");
            await Task.Delay(50, cancellationToken);
        }
    }

    /// <summary>Which live hosts know the guest, and in which state (libvirt's words).</summary>
    public async Task<IReadOnlyDictionary<string, string>> WhereIsAsync(string guest, CancellationToken cancellationToken = default) =>
        Sightings(guest, await AllDomainsAsync(cancellationToken));

    public async Task<LabListing> ListAsync(CancellationToken cancellationToken = default)
    {
        var domains = await AllDomainsAsync(cancellationToken);
        var guests = new List<GuestListing>();
        foreach (var guest in await GuestsAsync(cancellationToken))
        {
            var story = await _guests.StoryAsync(guest, cancellationToken);
            guests.Add(new GuestListing(guest.Name, guest.Uuid, guest.Storage, guest.Volume, Sightings(guest.Name, domains),
                story.Generation, story.LastBeat, story.SplitBrain));
        }

        return new LabListing(Name, Options.Subnet, ChapFile, FenceAgent,
            [.. Hosts.Select(Listing)],
            [.. Options.Storages.Select(s => new StorageListing(s.Name, StorageId(s.Name), Hosts.Select(h => (h.Name, Path: s.PathOn(h.Name)))
                .Where(h => h.Path is not null).ToDictionary(h => h.Name, h => h.Path!)))],
            guests,
            [.. (await VolumesAsync(cancellationToken)).Select(v => new VolumeListing(v.Name, v.SizeMiB, v.TargetName, v.Username))]);
    }

    public async ValueTask DisposeAsync()
    {
        if (_takesDown) await DownAsync(CancellationToken.None);
    }

    private async Task SwitchOnAsync(CancellationToken cancellationToken)
    {
        var storage = new Machine(_state, LabNetwork.StorageName);
        await _target.WriteAccountsAsync([], cancellationToken);
        await Task.WhenAll([StorageOnAsync(), .. Hosts.Select(h => h.PowerOnAsync(cancellationToken))]);

        async Task StorageOnAsync()
        {
            await storage.PowerOnAsync(cancellationToken);
            await _target.ReadyAsync(cancellationToken);
        }
    }

    private async Task<Dictionary<string, IReadOnlyList<LabDomain>>> AllDomainsAsync(CancellationToken cancellationToken)
    {
        var lists = await Task.WhenAll(Hosts.Select(async h => (h.Name, Domains: await h.DomainsAsync(cancellationToken))));
        return lists.ToDictionary(l => l.Name, l => l.Domains);
    }

    private static Dictionary<string, string> Sightings(string guest, Dictionary<string, IReadOnlyList<LabDomain>> domains) =>
        domains.SelectMany(h => h.Value.Where(d => d.Name == guest).Select(d => (Host: h.Key, d.State))).ToDictionary(s => s.Host, s => s.State);

    private static HostListing Listing(LabHost host) => new(host.Name, host.Address, host.IsOn ? "on" : "off",
        host.WhatIsCut switch { null => "joined", Cut.ButStorage => "cut but storage", _ => "cut" },
        !host.Executor.IsConfigured ? "none" : host.Executor.Process() is null ? "stopped" : "running",
        host.Executor.Endpoint.ToString());
}
