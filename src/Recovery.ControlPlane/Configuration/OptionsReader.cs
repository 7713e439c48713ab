using System.Globalization;
using System.Reflection;

namespace Recovery.ControlPlane.Configuration;

/// <summary>
/// Reads options from configuration and names every key that is not known and every value that has the wrong type,
/// where the framework's binder ignores the one and stops at the first of the other.
/// </summary>
internal static class OptionsReader
{
    /// <summary>Stands in <see cref="Keys"/> for the names that a section lets one choose: <c>OpenStack:Cells:NAME</c>.</summary>
    public const string AnyName = "NAME";

    /// <param name="section">Where the options are.</param>
    /// <param name="others">Keys of this section that are not options and still known.</param>
    /// <param name="faults">Takes a sentence for each thing that is wrong.</param>
    public static T Read<T>(IConfigurationSection section, IReadOnlyList<string> others, List<string> faults)
        where T : class, new()
    {
        var options = new T();
        Fill(options, section, others, faults);
        return options;
    }

    /// <summary>Keys with their types and defaults, as <c>Runner:MaxParallel</c>.</summary>
    public static IEnumerable<(string Key, PropertyInfo Property, object? Default)> Keys(Type type, string prefix = "") =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .SelectMany(property => IsSection(property.PropertyType) ? Keys(property.PropertyType, $"{prefix}{property.Name}:")
                : IsNamed(property.PropertyType) ? [($"{prefix}{property.Name}:{AnyName}", property, "")]
                : [($"{prefix}{property.Name}", property, property.GetValue(Activator.CreateInstance(type)))]);

    private static bool IsSection(Type type) => type.IsClass && type != typeof(string);

    private static bool IsNamed(Type type) => type == typeof(IReadOnlyDictionary<string, string>);

    private static void Fill(object options, IConfigurationSection section, IReadOnlyList<string> others, List<string> faults)
    {
        var properties = options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (!properties.TryGetValue(child.Key, out var property))
            {
                if (!others.Contains(child.Key, StringComparer.OrdinalIgnoreCase))
                {
                    faults.Add($"{child.Path} is not known.{Nearest.Hint(child.Key, properties.Keys)} Known in {section.Path}: {string.Join(", ", properties.Keys.Order(StringComparer.Ordinal))}.");
                }
            }
            else if (IsSection(property.PropertyType))
            {
                if (child.Value is { Length: > 0 })
                {
                    faults.Add($"{child.Path} is a single value; it has to be a section with {string.Join(", ", property.PropertyType.GetProperties().Select(each => each.Name).Order(StringComparer.Ordinal))}.");
                }

                Fill(property.GetValue(options)!, child, [], faults);
            }
            else if (IsNamed(property.PropertyType))
            {
                property.SetValue(options, Named(child, faults));
            }
            else if (child.GetChildren().Any())
            {
                faults.Add($"{child.Path} is a section or a list; it has to be {Wanted(property.PropertyType)}.");
            }
            else if (Convert(child.Value ?? "", property.PropertyType) is { } value)
            {
                property.SetValue(options, value);
            }
            else
            {
                faults.Add($"{child.Path} is \"{child.Value}\"; it has to be {Wanted(property.PropertyType)}.");
            }
        }
    }

    // Whatever each is called; as everywhere in a configuration, large letters are small ones.
    private static Dictionary<string, string> Named(IConfigurationSection section, List<string> faults)
    {
        if (section.Value is { Length: > 0 })
        {
            faults.Add($"{section.Path} is a single value; it has to be a section with a text for each name.");
        }

        var named = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var child in section.GetChildren())
        {
            if (child.GetChildren().Any())
            {
                faults.Add($"{child.Path} is a section or a list; it has to be a text.");
            }
            else
            {
                named[child.Key] = child.Value ?? "";
            }
        }

        return named;
    }

    private static object? Convert(string text, Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.String => text,
        TypeCode.Int32 => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        TypeCode.Int64 => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null,
        TypeCode.Double => double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null,
        TypeCode.Boolean => bool.TryParse(text, out var truth) ? truth : null,
        _ => throw new InvalidOperationException($"Options of type {type} can't be read."),
    };

    private static string Wanted(Type type) => Type.GetTypeCode(type) switch
    {
        TypeCode.Int32 or TypeCode.Int64 => "a whole number",
        TypeCode.Double => "a number, with a point for decimals",
        TypeCode.Boolean => "true or false",
        _ => "a text",
    };
}
