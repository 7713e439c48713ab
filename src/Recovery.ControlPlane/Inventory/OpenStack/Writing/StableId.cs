using System.Security.Cryptography;
using System.Text;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Ids that are made of what they are for (RFC 9562, version 8).</summary>
internal static class StableId
{
    public static Guid Of(Guid recovery, Guid instance, string what)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{recovery:N} {instance:N} {what}"), hash);
        hash[6] = (byte)((hash[6] & 0x0F) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new Guid(hash[..16], bigEndian: true);
    }
}
