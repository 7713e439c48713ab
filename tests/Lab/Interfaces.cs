namespace Recovery.Labs;

/// <summary>Network interfaces of the machine that runs the lab.</summary>
internal static class Interfaces
{
    private const string Directory = "/sys/class/net";

    public static IEnumerable<string> Names() =>
        System.IO.Directory.EnumerateFileSystemEntries(Directory).Select(f => Path.GetFileName(f)).ToList();

    /// <returns>Empty where there is none, or where the interface has just gone.</returns>
    public static string Alias(string name)
    {
        try
        {
            return File.ReadAllText($"{Directory}/{name}/ifalias").Trim();
        }
        catch (IOException)
        {
            return "";
        }
    }
}
