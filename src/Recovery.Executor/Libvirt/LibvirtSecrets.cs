using System.Text;
using System.Xml.Linq;

namespace Recovery.Executor.Libvirt;

/// <summary>
/// CHAP passwords as libvirt secrets of usage type iscsi. They are private: libvirt hands them to QEMU and to nobody
/// else, not even to us.
/// </summary>
internal static unsafe class LibvirtSecrets
{
    private const int UsageIscsi = 3;

    /// <summary>Leaves <paramref name="password"/> under this usage id. True when there was no such secret before.</summary>
    public static bool Put(LibvirtConnection connection, string usageId, string description, string password)
    {
        using var existing = Find(connection, usageId);
        var xml = new XElement("secret",
            new XAttribute("ephemeral", "no"),
            new XAttribute("private", "yes"),
            existing is null ? null : new XElement("uuid", Uuid(existing)),
            new XElement("description", description),
            new XElement("usage", new XAttribute("type", "iscsi"), new XElement("target", usageId)));
        using var secret = NativeMethods.virSecretDefineXML(connection.Handle, xml.ToString(SaveOptions.DisableFormatting), 0);
        if (secret.IsInvalid) throw LibvirtException.Last();
        SetValue(secret, password);
        return existing is null;
    }

    /// <summary>Takes the secret away; false when there was none.</summary>
    public static bool Remove(LibvirtConnection connection, string usageId)
    {
        using var secret = Find(connection, usageId);
        if (secret is null) return false;
        if (NativeMethods.virSecretUndefine(secret) >= 0) return true;
        var failure = LibvirtException.Last();
        return failure.Code == LibvirtErrorCode.NoSecret ? false : throw failure;
    }

    /// <summary>All secrets of this host, of every usage type.</summary>
    public static IReadOnlyList<SecretName> All(LibvirtConnection connection)
    {
        var count = NativeMethods.virConnectListAllSecrets(connection.Handle, out var array, 0);
        if (count < 0) throw LibvirtException.Last();
        return NativeArray.Take(array, count, owned =>
        {
            using var secret = new SecretHandle(owned);
            return new SecretName(
                Uuid(secret),
                NativeText.Borrowed(NativeMethods.virSecretGetUsageID(secret)),
                NativeMethods.virSecretGetUsageType(secret) == UsageIscsi);
        });
    }

    private static string Uuid(SecretHandle secret) => NativeText.Uuid(buffer => NativeMethods.virSecretGetUUIDString(secret, buffer));

    private static SecretHandle? Find(LibvirtConnection connection, string usageId)
    {
        var handle = NativeMethods.virSecretLookupByUsage(connection.Handle, UsageIscsi, usageId);
        if (!handle.IsInvalid) return handle;
        var failure = LibvirtException.Last();
        return failure.Code == LibvirtErrorCode.NoSecret ? null : throw failure;
    }

    private static void SetValue(SecretHandle secret, string password)
    {
        var value = Encoding.UTF8.GetBytes(password);
        try
        {
            fixed (byte* bytes = value)
            {
                if (NativeMethods.virSecretSetValue(secret, bytes, (nuint)value.Length, 0) < 0) throw LibvirtException.Last();
            }
        }
        finally
        {
            Array.Clear(value);
        }
    }
}

/// <param name="Usage">The usage id; empty when it has none.</param>
internal sealed record SecretName(string Uuid, string Usage, bool IsIscsi);
