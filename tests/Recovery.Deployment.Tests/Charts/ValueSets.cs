namespace Recovery.Deployment.Tests.Charts;

/// <summary>The sets of values in <c>charts/recovery/ci</c>: ways in which the chart is installed.</summary>
public static class ValueSets
{
    public static TheoryData<string> All =>
        [.. Directory.EnumerateFiles(Path.Combine(Repository.Chart, "ci"), "*-values.yaml")
            .Select(file => Path.GetFileName(file)[..^"-values.yaml".Length])
            .Order(StringComparer.Ordinal)];

    public static string FileOf(string set) => Path.Combine(Repository.Chart, "ci", $"{set}-values.yaml");
}
