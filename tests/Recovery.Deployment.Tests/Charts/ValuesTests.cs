using System.Globalization;
using System.Text.Json.Nodes;
using Recovery.ControlPlane.Configuration;
using YamlDotNet.Serialization;

namespace Recovery.Deployment.Tests.Charts;

/// <summary>values.yaml and values.schema.json repeat what the control plane says of its settings; they must not drift.</summary>
public class ValuesTests
{
    [Fact]
    public void A_default_of_the_chart_is_the_default_of_the_program()
    {
        var defaults = OptionsReader.Keys(typeof(RecoveryOptions)).ToDictionary(option => option.Key, option => Convert.ToString(option.Default, CultureInfo.InvariantCulture));
        var values = SettingsFile.Of(Json(Repository.Read("charts/recovery/values.yaml"))["settings"]!.ToJsonString());

        Assert.NotEmpty(values);
        Assert.All(values, value => Assert.Equal(defaults[value.Key], value.Value));
    }

    [Fact]
    public void A_range_of_the_schema_is_the_range_of_the_program()
    {
        var schema = JsonNode.Parse(Repository.Read("charts/recovery/values.schema.json"))!["properties"]!["settings"]!;
        foreach (var (key, limits) in OptionRules.Ranges.Where(range => !range.Key.StartsWith("Database:", StringComparison.Ordinal)))
        {
            var rule = key.Split(':').Aggregate(schema, (node, name) => node["properties"]?[name]
                ?? throw new InvalidOperationException($"values.schema.json has no settings.{key.Replace(':', '.')}; add it, with {limits}."));
            Assert.Equal((key, limits), (key, ((double)rule["minimum"]!, (double)rule["maximum"]!)));
        }
    }

    [Fact]
    public void Every_value_has_a_rule()
    {
        var schema = JsonNode.Parse(Repository.Read("charts/recovery/values.schema.json"))!;
        var unruled = Unruled(Json(Repository.Read("charts/recovery/values.yaml")), schema, schema, "");

        Assert.Empty(unruled);
    }

    // Values are sections down to where the schema lets anything in.
    private static IEnumerable<string> Unruled(JsonNode? value, JsonNode? rule, JsonNode schema, string path)
    {
        if (rule?["$ref"] is { } reference)
        {
            rule = schema["definitions"]![((string)reference!)["#/definitions/".Length..]];
        }

        if (value is not JsonObject section || rule?["properties"] is not { } properties)
        {
            return rule is null ? [path] : [];
        }

        Assert.False((bool)rule["additionalProperties"]!, $"{path} takes anything");
        return section.SelectMany(member => Unruled(member.Value, properties[member.Key], schema, $"{path}.{member.Key}"));
    }

    internal static JsonObject Json(string yaml)
    {
        var tree = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build().Deserialize(new StringReader(yaml));
        var json = new SerializerBuilder().JsonCompatible().Build().Serialize(tree);
        return JsonNode.Parse(json)!.AsObject();
    }
}
