using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Executors;

/// <summary>The CHAP passwords of iSCSI targets, from a file that is read at each need.</summary>
public class ChapCredentials(RecoveryOptions options) : IVolumePasswords
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    private string Path => options.Volumes.ChapFile;

    /// <inheritdoc/>
    public async Task<IReadOnlyDictionary<IscsiLun, string>> ReadAsync(
        Guid instance, IReadOnlyCollection<IscsiLun> volumes, CancellationToken cancellationToken)
    {
        var keyring = await OpenAsync(cancellationToken);
        return volumes.Distinct().ToDictionary(volume => volume, keyring.PasswordFor);
    }

    private async Task<Keyring> OpenAsync(CancellationToken cancellationToken)
    {
        if (Path.Length == 0)
        {
            return new Keyring(
                [], "Recovery:Volumes:ChapFile names no file; configure one, and add the target's credential to it");
        }

        try
        {
            await using var file = Open(Path);
            var credentials = await JsonSerializer.DeserializeAsync<List<Credential>>(file, Json, cancellationToken) ?? [];
            return new Keyring(credentials, $"{Path} has none; add it there");
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new ChapCredentialException(
                $"The file of CHAP credentials {Path} can't be read; make it readable for the control plane.", failure);
        }
        catch (JsonException failure)
        {
            // The parser's own message may quote what it stumbled over, and that may be a password.
            throw new ChapCredentialException(
                $"The file of CHAP credentials {Path} is not a JSON array of objects with targetName, username and password "
                + $"(line {failure.LineNumber + 1}); correct it.");
        }
    }

    /// <summary>The file, for reading.</summary>
    protected virtual Stream Open(string path) => File.OpenRead(path);

    /// <summary>What the file said at one moment.</summary>
    private sealed class Keyring(IReadOnlyList<Credential> credentials, string whenMissing)
    {
        /// <summary>The password for this LUN's target and user.</summary>
        /// <exception cref="ChapCredentialException">There is none.</exception>
        public string PasswordFor(IscsiLun lun)
        {
            var password = credentials
                .FirstOrDefault(each => each.TargetName == lun.TargetName && each.Username == lun.ChapUsername)?.Password;
            return string.IsNullOrEmpty(password)
                ? throw new ChapCredentialException(
                    $"The iSCSI target {lun.TargetName} asks user '{lun.ChapUsername}' for a CHAP password, and {whenMissing}.")
                : password;
        }
    }

    // Not a record: its ToString would print the password.
    private sealed class Credential
    {
        public string TargetName { get; init; } = "";

        public string Username { get; init; } = "";

        public string Password { get; init; } = "";
    }
}

/// <summary>A volume can't be connected for want of its CHAP password. The message names target and file, no password.</summary>
public sealed class ChapCredentialException(string message, Exception? innerException = null)
    : Exception(message, innerException);
