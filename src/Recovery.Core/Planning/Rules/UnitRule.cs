using System.Globalization;
using Recovery.Core.Inventory;

namespace Recovery.Core.Planning.Rules;

/// <summary>One instance takes of each class an amount that the host gives at once.</summary>
internal sealed class UnitRule : IHostRule
{
    public IEnumerable<Need> NeedsOf(Instance instance) => instance.Amounts.Select(amount => new Need(
        RejectionKind.UnitMismatch, string.Create(CultureInfo.InvariantCulture, $"{amount.Value} {amount.Key}")));

    public Func<Host, bool> MetBy(Need need)
    {
        var (amount, resource) = Parse(need);
        return host => !host.Units.TryGetValue(resource, out var units) || units.Allow(amount);
    }

    public string Sentence(Need need, Instance instance, Host host)
    {
        var units = host.Units[Parse(need).Resource];
        return string.Create(
            CultureInfo.InvariantCulture,
            $"needs {need.Value}, {host.Name} gives one instance {units.Minimum} to {units.Maximum}{(units.Step > 1 ? $" in steps of {units.Step}" : "")}");
    }

    private static (int Amount, string Resource) Parse(Need need)
    {
        var space = need.Value.IndexOf(' ', StringComparison.Ordinal);
        return (int.Parse(need.Value.AsSpan(0, space), CultureInfo.InvariantCulture), need.Value[(space + 1)..]);
    }
}
