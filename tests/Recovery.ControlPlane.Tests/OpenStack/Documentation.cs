using Recovery.ControlPlane.Tests.House;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>docs/openstack.md, which operators paste from.</summary>
internal static class Documentation
{
    /// <summary>The SQL that makes the two users.</summary>
    public static string Grants()
    {
        var text = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "openstack.md"));
        var begin = text.IndexOf("```sql\n", StringComparison.Ordinal) + "```sql\n".Length;
        return text[begin..text.IndexOf("```", begin, StringComparison.Ordinal)];
    }
}
