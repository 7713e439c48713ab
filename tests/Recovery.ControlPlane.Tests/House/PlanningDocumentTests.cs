using System.Globalization;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Tests.House;

/// <summary>docs/planning.md is what operators act on: it names every rejection and every weight, as they are.</summary>
public class PlanningDocumentTests
{
    private static readonly string[] Lines = File.ReadAllLines(Path.Combine(Checkout.Root, "docs", "planning.md"));

    public static TheoryData<RejectionKind> Kinds => [.. Enum.GetValues<RejectionKind>()];

    public static TheoryData<string, double> Weights => new(typeof(Weights).GetProperties()
        .Where(property => property.PropertyType == typeof(double))
        .Select(property => (property.Name, (double)property.GetValue(new Weights())!)));

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_rejection_is_explained(RejectionKind kind) =>
        Assert.Contains(Lines, line => line.StartsWith('|') && line.Split('|')[1].Contains($"`{StateNames.Of(kind)}`", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Weights))]
    public void Every_weight_is_there_with_its_default(string name, double value) =>
        Assert.Contains(Lines, line => line.StartsWith($"| `{name}` | {value.ToString(CultureInfo.InvariantCulture)} |", StringComparison.Ordinal));
}
