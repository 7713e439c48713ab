using System.Security.Cryptography;
using System.Text.Json;

namespace Recovery.Labs;

/// <summary>The storage node's iSCSI target (tgtd): one target, one LUN and one CHAP account per volume.</summary>
internal sealed class IscsiTarget(LabState state, Machine node)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task ReadyAsync(CancellationToken cancellationToken)
    {
        var until = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = node.IsOn ? await node.TryAsync(["tgtadm", "--lld", "iscsi", "--op", "show", "--mode", "target"], cancellationToken) : null;
            if (answer?.ExitCode == 0) return;
            if (TimeProvider.System.GetElapsedTime(until) > Patience)
                throw new LabException($"tgtd of the storage node does not answer: {answer?.Error.Trim()}. Its last words: {node.LastWords("console.log")}");
            await Task.Delay(20, cancellationToken);
        }
    }

    public async Task<LabVolume> AddAsync(string name, int sizeMiB, CancellationToken cancellationToken)
    {
        if (!LabOptions.NamePattern().IsMatch(name))
            throw new LabException($"A volume can't be called \"{name}\": lower-case letters, digits and dashes, at most 24.");
        if (sizeMiB < 1) throw new LabException($"Volume \"{name}\" of {sizeMiB} MiB: it must be at least 1.");
        using var _ = await LabLock.AcquireAsync(state.Lab, cancellationToken);
        var others = await AllAsync(cancellationToken);
        if (others.Any(v => v.Name == name)) throw new LabException($"Lab \"{state.Lab}\" has a volume \"{name}\" already.");

        var volume = new LabVolume(name, sizeMiB, $"iqn.2011-07.test.recovery.lab:{state.Lab}.{name}",
            others.Select(v => v.TargetId).DefaultIfEmpty(0).Max() + 1, $"lab-{name}", Guid.NewGuid());
        // Sixteen characters: some initiators take only 12 to 16.
        var account = new ChapAccount(volume.TargetName, volume.Username, RandomNumberGenerator.GetHexString(16, lowercase: true));
        await using (var file = new FileStream($"{state.Volumes}/{name}.raw", FileMode.CreateNew)) file.SetLength((long)sizeMiB << 20);
        await node.RunAsync(
            ["/run/lab/bin/iscsi-target", $"{volume.TargetId}", volume.TargetName, $"/run/lab/volumes/{name}.raw", volume.Username],
            cancellationToken, account.Password + "\n");
        await WriteAccountsAsync([.. await AccountsAsync(cancellationToken), account], cancellationToken);
        await LabState.WriteJsonAsync($"{state.Volumes}/{name}.json", volume, cancellationToken);
        return volume;
    }

    public Task<IReadOnlyList<LabVolume>> AllAsync(CancellationToken cancellationToken) =>
        LabState.ReadAllJsonAsync<LabVolume>(state.Volumes, cancellationToken);

    public async Task<string> PasswordAsync(LabVolume volume, CancellationToken cancellationToken) =>
        (await AccountsAsync(cancellationToken)).Single(a => a.TargetName == volume.TargetName).Password;

    public Task WriteAccountsAsync(IReadOnlyList<ChapAccount> accounts, CancellationToken cancellationToken) =>
        LabState.WriteAsync(state.ChapFile, JsonSerializer.Serialize(accounts, LabState.Json) + "\n", LabState.Private, cancellationToken);

    private Task<List<ChapAccount>> AccountsAsync(CancellationToken cancellationToken) =>
        LabState.ReadJsonAsync<List<ChapAccount>>(state.ChapFile, cancellationToken);
}
