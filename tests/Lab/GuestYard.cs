using System.Security.Cryptography;

namespace Recovery.Labs;

/// <summary>Creates canaries, defines and starts them by hand, and reads what they say.</summary>
internal sealed class GuestYard(LabState state, LabOptions options, LabNetwork network, IscsiTarget target)
{
    public async Task<LabGuest> AddAsync(GuestOptions wanted, LabHost host, CancellationToken cancellationToken)
    {
        if (!LabOptions.NamePattern().IsMatch(wanted.Name))
            throw new LabException($"A guest can't be called \"{wanted.Name}\": lower-case letters, digits and dashes, at most 24.");
        var guest = new LabGuest(wanted.Name, wanted.Uuid ?? Guid.NewGuid(), wanted.Storage, wanted.Volume, wanted.MemoryMiB, wanted.Machine, RandomMac());
        StoragePath(guest, host);
        await VolumeAsync(guest, cancellationToken);

        var directory = guest.DirectoryIn(state.Storage(guest.Storage));
        if (Directory.Exists(directory)) throw new LabException($"Lab \"{state.Lab}\" has a guest \"{guest.Name}\" on storage \"{guest.Storage}\" already.");
        Directory.CreateDirectory(directory);
        File.Copy(state.CanaryDisk, GuestDefinition.Disk(directory));
        await LabState.WriteJsonAsync($"{state.Guests}/{guest.Name}.json", guest, cancellationToken);
        await DefineAsync(guest, host, cancellationToken);
        if (wanted.Start) await host.VirshAsync(["start", guest.Name], null, cancellationToken);
        return guest;
    }

    /// <summary>Persistently, with the CHAP password as a libvirt secret of the host. What the host had of it before is replaced.</summary>
    public async Task DefineAsync(LabGuest guest, LabHost host, CancellationToken cancellationToken)
    {
        var volume = await VolumeAsync(guest, cancellationToken);
        if (volume is not null)
        {
            await host.VirshAsync(["secret-define", "/dev/stdin"], GuestDefinition.Secret(volume), cancellationToken);
            var password = await target.PasswordAsync(volume, cancellationToken);
            await host.VirshAsync(["secret-set-value", $"{volume.SecretUuid}", "--plain", "--file", "/dev/stdin"], password, cancellationToken);
        }

        var definition = GuestDefinition.For(guest, StoragePath(guest, host), host.Address, volume, network.StorageAddress);
        await host.VirshAsync(["define", "/dev/stdin"], definition, cancellationToken);
    }

    public async Task<CanaryStory> StoryAsync(LabGuest guest, CancellationToken cancellationToken)
    {
        var log = GuestDefinition.SerialLog(guest.DirectoryIn(state.Storage(guest.Storage)));
        return CanaryStory.Parse(File.Exists(log) ? await File.ReadAllTextAsync(log, cancellationToken) : "");
    }

    public Task<IReadOnlyList<LabGuest>> AllAsync(CancellationToken cancellationToken) =>
        LabState.ReadAllJsonAsync<LabGuest>(state.Guests, cancellationToken);

    public async Task<LabGuest> GetAsync(string name, CancellationToken cancellationToken)
    {
        var all = await AllAsync(cancellationToken);
        return all.FirstOrDefault(g => g.Name == name)
            ?? throw new LabException($"Lab \"{state.Lab}\" has no guest \"{name}\"; it has {string.Join(", ", all.Select(g => g.Name).DefaultIfEmpty("none"))}.");
    }

    private string StoragePath(LabGuest guest, LabHost host)
    {
        var storage = options.Storages.FirstOrDefault(s => s.Name == guest.Storage)
            ?? throw new LabException($"Lab \"{state.Lab}\" has no storage \"{guest.Storage}\"; it has {string.Join(", ", options.Storages.Select(s => s.Name))}.");
        return storage.PathOn(host.Name) ?? throw new LabException($"{host.Name} does not see storage \"{guest.Storage}\", so guest \"{guest.Name}\" can't be there.");
    }

    private async Task<LabVolume?> VolumeAsync(LabGuest guest, CancellationToken cancellationToken) => guest.Volume is null
        ? null
        : (await target.AllAsync(cancellationToken)).FirstOrDefault(v => v.Name == guest.Volume)
            ?? throw new LabException($"Lab \"{state.Lab}\" has no volume \"{guest.Volume}\"; add it first.");

    // 52:54:00 is QEMU's own prefix.
    private static string RandomMac() => $"52:54:00:{string.Join(':', RandomNumberGenerator.GetBytes(3).Select(b => $"{b:x2}"))}";
}
