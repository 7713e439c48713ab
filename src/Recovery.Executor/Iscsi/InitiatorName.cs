namespace Recovery.Executor.Iscsi;

/// <summary>Names under which this host and its guests log in.</summary>
internal static class InitiatorName
{
    private const string HostFile = "/etc/iscsi/initiatorname.iscsi";

    /// <summary>InitiatorName of open-iscsi's file; empty when the host has none.</summary>
    public static string OfHost(string file = HostFile)
    {
        const string key = "InitiatorName=";
        try
        {
            return File.ReadLines(file)
                .Select(line => line.Trim())
                .LastOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
        }
        catch (IOException)
        {
            return "";
        }
        catch (UnauthorizedAccessException)
        {
            return "";
        }
    }

    /// <summary>What QEMU's initiator calls itself when the definition names nothing else (block/iscsi.c).</summary>
    public static string OfGuest(string instance) => $"iqn.2008-11.org.linux-kvm:{instance}";
}
