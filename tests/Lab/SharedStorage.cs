namespace Recovery.Labs;

/// <summary>Makes the directories that hosts share, each with the marker file that names it.</summary>
internal static class SharedStorage
{
    public const string MarkerFile = ".recovery-storage-id";

    public static string Id(string lab, string storage) => $"lab-{lab}-{storage}";

    public static async Task CreateAsync(LabState state, StorageOption storage, CancellationToken cancellationToken)
    {
        var directory = Directory.CreateDirectory(state.Storage(storage.Name)).FullName;
        await LabState.WriteAsync($"{directory}/{MarkerFile}", Id(state.Lab, storage.Name) + "\n", cancellationToken);
    }
}
