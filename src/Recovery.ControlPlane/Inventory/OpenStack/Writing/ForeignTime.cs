using System.Globalization;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>Times as OpenStack's databases have them: UTC, whole seconds.</summary>
internal static class ForeignTime
{
    public static string Of(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
