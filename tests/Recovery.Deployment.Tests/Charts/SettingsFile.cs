using System.Text;
using k8s.Models;
using Microsoft.Extensions.Configuration;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>A settings file of a ConfigMap, as its reader sees it.</summary>
internal static class SettingsFile
{
    /// <summary>Keys as <c>Recovery:Runner:MaxParallel</c>, with their values, in order.</summary>
    public static SortedDictionary<string, string> Of(V1ConfigMap map, string file) => Of(map.Data[file]);

    public static SortedDictionary<string, string> Of(string json)
    {
        var pairs = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json))).Build().AsEnumerable();
        return new(pairs.Where(pair => pair.Value is not null).ToDictionary(pair => pair.Key, pair => pair.Value!), StringComparer.Ordinal);
    }
}
