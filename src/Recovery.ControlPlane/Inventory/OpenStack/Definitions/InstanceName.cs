using System.Globalization;
using System.Text.RegularExpressions;
using Recovery.ControlPlane.Inventory.OpenStack.Cloud;

namespace Recovery.ControlPlane.Inventory.OpenStack.Definitions;

/// <summary>A domain's name as instance_name_template makes it: Python's <c>%</c> with the id, or with the fields of the row.</summary>
internal static partial class InstanceName
{
    /// <returns>Null: the template asks for something that is not known here.</returns>
    public static string? Of(InstanceRecord instance, string template)
    {
        var understood = true;
        var name = Placeholder().Replace(template, match =>
        {
            var digits = match.Groups["width"].Value;
            var padding = digits.StartsWith('0') ? '0' : ' ';
            var value = (match.Groups["field"].Value, match.Groups["kind"].Value) switch
            {
                ("" or "id", "x") => instance.Id.ToString("x", CultureInfo.InvariantCulture),
                ("" or "id", "d" or "s") => instance.Id.ToString(CultureInfo.InvariantCulture),
                ("uuid", "s") => instance.Uuid.ToString("D"),
                ("display_name", "s") => instance.DisplayName,
                _ => null,
            };
            understood &= value is not null;
            return value?.PadLeft(digits.Length == 0 ? 0 : int.Parse(digits, CultureInfo.InvariantCulture), padding) ?? "";
        });
        return understood && !name.Contains('%') && name.Length > 0 ? name : null;
    }

    [GeneratedRegex(@"%(\((?<field>[a-z_]+)\))?(?<width>\d{0,2})(?<kind>[a-z])")]
    private static partial Regex Placeholder();
}
