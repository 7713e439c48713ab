using System.Text.Json;
using System.Text.Json.Serialization;

namespace Recovery.Labs;

/// <summary>Where a lab keeps its state. Everything that outlives a process is a file here; `down` removes it all.</summary>
internal sealed record LabState(string Lab)
{
    public const string Root = "/var/lib/recovery-lab";

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public string Directory => $"{Root}/{Lab}";
    public string OptionsFile => $"{Directory}/lab.json";
    public string ChapFile => $"{Directory}/chap.json";
    public string Tools => $"{Directory}/bin";
    public string Machines => $"{Directory}/machines";
    public string Machine(string name) => $"{Machines}/{name}";
    public string Storage(string name) => $"{Directory}/storages/{name}";
    public string Volumes => $"{Directory}/volumes";
    public string Guests => $"{Directory}/guests";
    public string CanaryDisk => $"{Directory}/canary.qcow2";

    /// <summary>Readers never see half a file, nor a secret before its mode is right.</summary>
    public static async Task WriteAsync(string path, string text, UnixFileMode mode, CancellationToken cancellationToken)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = mode };
        await using (var writer = new StreamWriter(temporary, options))
            await writer.WriteAsync(text.AsMemory(), cancellationToken);
        File.Move(temporary, path, overwrite: true);
    }

    public static Task WriteAsync(string path, string text, CancellationToken cancellationToken) =>
        WriteAsync(path, text, Readable, cancellationToken);

    public static Task WriteJsonAsync<T>(string path, T value, CancellationToken cancellationToken) =>
        WriteAsync(path, JsonSerializer.Serialize(value, Json) + "\n", cancellationToken);

    public static async Task<T> ReadJsonAsync<T>(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<T>(stream, Json, cancellationToken)
            ?? throw new LabException($"{path} is empty; take the lab down and up again.");
    }

    public static async Task<IReadOnlyList<T>> ReadAllJsonAsync<T>(string directory, CancellationToken cancellationToken)
    {
        if (!System.IO.Directory.Exists(directory)) return [];
        var files = System.IO.Directory.EnumerateFiles(directory, "*.json").Order(StringComparer.Ordinal);
        return await Task.WhenAll(files.Select(f => ReadJsonAsync<T>(f, cancellationToken)));
    }

    public const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    public const UnixFileMode Executable = Readable | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    public const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;
}
