using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Recovery.Deployment.Tests.Compose;

/// <summary>docker-compose.yml with its merges and variables resolved.</summary>
internal static partial class ComposeFile
{
    /// <param name="environment">What is set; the others have their defaults.</param>
    public static JsonObject Read(params (string Name, string Value)[] environment)
    {
        var parser = new MergingParser(new Parser(new StringReader(Repository.Read("docker-compose.yml"))));
        var tree = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(parser);
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(tree);
        var values = environment.ToDictionary(pair => pair.Name, pair => pair.Value);
        return JsonNode.Parse(Variable().Replace(json, use => values.GetValueOrDefault(use.Groups[1].Value, use.Groups[2].Value)))!.AsObject();
    }

    public static JsonObject Services(this JsonObject file) => file["services"]!.AsObject();

    /// <summary>Texts of a list; none when it is not there.</summary>
    public static IReadOnlyList<string> Texts(this JsonNode? list) =>
        list is null ? [] : [.. list.AsArray().Select(each => each!.GetValue<string>())];

    [GeneratedRegex("\\$\\{(\\w+):-([^}]*)\\}")]
    private static partial Regex Variable();
}
