using System.Collections.Concurrent;
using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.EntityFrameworkCore;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>Not every release has this column; where it is missing, it is read as null.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NotInEveryReleaseAttribute : Attribute;

/// <summary>A column that a row class names: <c>DisplayName</c> is <c>display_name</c>.</summary>
internal sealed record MappedColumn(PropertyInfo Property, string Name, bool Required);

/// <summary>A table that a context reads, and which of its columns.</summary>
internal sealed partial record MappedTable(Type Row, string Name, IReadOnlyList<MappedColumn> Columns)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<MappedTable>> Known = new();

    /// <summary>The tables of a context: its sets.</summary>
    public static IReadOnlyList<MappedTable> Of(Type context) => Known.GetOrAdd(
        context,
        type =>
        [
            .. from property in type.GetProperties()
               where property.PropertyType.IsGenericType && property.PropertyType.GetGenericTypeDefinition() == typeof(DbSet<>)
               select Of(property.PropertyType.GenericTypeArguments[0], property.Name),
        ]);

    /// <summary>What is required and not there; a table that is missing as a whole is named alone.</summary>
    public IEnumerable<string> MissingIn(DatabaseSchema schema) => Columns.Any(each => schema.Has(Name, each.Name))
        ? Columns.Where(each => each.Required && !schema.Has(Name, each.Name)).Select(each => $"the column {Name}.{each.Name}")
        : [$"the table {Name}"];

    private static MappedTable Of(Type row, string set) => new(
        row,
        row.GetCustomAttribute<TableAttribute>()?.Name ?? Snake(set),
        [
            .. from property in row.GetProperties()
               select new MappedColumn(
                   property,
                   property.GetCustomAttribute<ColumnAttribute>()?.Name ?? Snake(property.Name),
                   property.GetCustomAttribute<NotInEveryReleaseAttribute>() is null),
        ]);

    private static string Snake(string name) => Hump().Replace(name, "_$0").ToLowerInvariant();

    [GeneratedRegex("(?<=[a-z0-9])[A-Z]")]
    private static partial Regex Hump();
}
