using System.Globalization;

namespace Recovery.ControlPlane.Persistence.Sqlite;

/// <summary>
/// Keeps a second control plane away from an SQLite file, by a lock on a file beside it that the kernel gives back when
/// the process ends, however it ends. The file stays: whoever deleted it could take the lock away from its next holder.
/// </summary>
internal sealed class FileHold : IDisposable
{
    private readonly FileStream held;

    private FileHold(FileStream held) => this.held = held;

    /// <param name="database">The database's file.</param>
    /// <param name="replica">Said to whoever comes second.</param>
    /// <exception cref="DatabaseRefusedException">Another process has it, or the lock's file can't be written.</exception>
    public static FileHold Take(string database, string replica)
    {
        var path = $"{database}.lock";
        try
        {
            // FileShare.None is an exclusive flock(2).
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            File.WriteAllText(HolderFile(database), string.Create(
                CultureInfo.InvariantCulture,
                $"process {Environment.ProcessId} on {Environment.MachineName}, replica {replica}, since {DateTimeOffset.UtcNow:yyyy-MM-dd HH:mm:ss}Z\n"));
            return new FileHold(held);
        }
        catch (UnauthorizedAccessException refused)
        {
            throw new DatabaseRefusedException(
                $"{path} can't be written, so nothing keeps a second control plane away from {database}: {refused.Message} Let the control plane write into that folder.", refused);
        }
        catch (IOException taken) when (File.Exists(path))
        {
            throw new DatabaseRefusedException(
                $"Another control plane works on {database}: {HolderOf(database)}. SQLite is for one replica. End that one first, or give all replicas one MySQL: Recovery:Database:Provider=mysql.", taken);
        }
    }

    public void Dispose() => held.Dispose();

    // In a file of its own: nobody can read the locked one, not even to look.
    private static string HolderFile(string database) => $"{database}.holder";

    private static string HolderOf(string database)
    {
        try
        {
            return File.ReadAllText(HolderFile(database)).Trim();
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return $"whoever holds {database}.lock";
        }
    }
}
