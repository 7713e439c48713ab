using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recovery.Executor.DomainXml;

/// <summary>
/// Reads a profile and names all of its faults at once; a deserializer would stop at the first. Members that are
/// unknown are faults: a misspelt one would silently leave a check out.
/// </summary>
internal static class ProfileReader
{
    private enum Kind { Text, Texts, Flag, Port, Number, Path, Storages, Volumes, FileVolumes }

    private sealed record Member(string Name, Kind Kind, bool IsRequired = false);

    private static readonly Member[] OfProfile =
    [
        new("host", Kind.Text, true), new("listenAddress", Kind.Text, true), new("architecture", Kind.Text, true),
        new("emulators", Kind.Texts, true), new("storages", Kind.Storages, true), new("volumes", Kind.Volumes), new("fileVolumes", Kind.FileVolumes), new("pluggedTaps", Kind.Texts),
        new("domainTypes", Kind.Texts), new("machineTypes", Kind.Texts), new("cpuModels", Kind.Texts),
        new("hostCpuModel", Kind.Text), new("sourceHostCpuModel", Kind.Text),
        new("bridges", Kind.Texts), new("bridgesKnown", Kind.Flag), new("networks", Kind.Texts), new("networksKnown", Kind.Flag),
        new("networkDevices", Kind.Texts), new("firmwareFiles", Kind.Texts), new("secretUuids", Kind.Texts), new("secretUsages", Kind.Texts),
        new("logDirectory", Kind.Path),
    ];

    private static readonly Member[] OfStorage =
        [new("id", Kind.Text, true), new("sourcePath", Kind.Path, true), new("targetPath", Kind.Path, true)];

    private static readonly Member[] OfVolume =
    [
        new("diskTarget", Kind.Text, true), new("portalHost", Kind.Text, true), new("portalPort", Kind.Port, true),
        new("targetName", Kind.Text, true), new("lun", Kind.Number, true),
        new("chapUsername", Kind.Text), new("secretUsage", Kind.Text), new("initiatorName", Kind.Text),
    ];

    private static readonly Member[] OfFileVolume =
        [new("diskTarget", Kind.Text, true), new("path", Kind.Path, true), new("name", Kind.Text, true)];

    /// <summary>The profile, or null with at least one fault added.</summary>
    public static TargetProfile? Read(string json, List<string> faults)
    {
        var before = faults.Count;
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { AllowDuplicateProperties = false });
            CheckMembers(document.RootElement, "profile", OfProfile, faults);
            if (faults.Count == before)
            {
                var profile = OverDefaults(document.RootElement).Deserialize(RewriteJson.Default.TargetProfile)!;
                CheckMeaning(profile, faults);
                return faults.Count == before ? profile : null;
            }
        }
        catch (JsonException fault)
        {
            faults.Add($"The profile is no valid JSON: {fault.Message}");
        }

        return null;
    }

    // Generated code sets a member that the JSON leaves out to null, whatever default the record gives it.
    private static JsonObject OverDefaults(JsonElement given)
    {
        var defaults = new TargetProfile { Host = "", ListenAddress = "", Architecture = "", Emulators = [], Storages = [] };
        var profile = JsonSerializer.SerializeToNode(defaults, RewriteJson.Default.TargetProfile)!.AsObject();
        foreach (var member in given.EnumerateObject())
        {
            profile[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }

        return profile;
    }

    private static void CheckMembers(JsonElement element, string at, Member[] members, List<string> faults)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"{at}: must be an object, not {Say(element)}.");
            return;
        }

        foreach (var unknown in element.EnumerateObject().Where(property => members.All(member => member.Name != property.Name)))
        {
            faults.Add($"{at}: {Sentence.Quote(unknown.Name)} is unknown; known are {string.Join(", ", members.Select(member => member.Name))}.");
        }

        foreach (var member in members)
        {
            var present = element.TryGetProperty(member.Name, out var value);
            if (present && (value.ValueKind != JsonValueKind.Null || member.IsRequired || member.Kind != Kind.Text))
            {
                CheckValue(value, at == "profile" ? member.Name : $"{at}.{member.Name}", member, faults);
            }
            else if (!present && member.IsRequired)
            {
                faults.Add($"{at}: {Sentence.Quote(member.Name)} is missing.");
            }
        }
    }

    private static void CheckValue(JsonElement value, string at, Member member, List<string> faults)
    {
        switch (member.Kind)
        {
            case Kind.Text when value.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(value.GetString()):
                faults.Add($"{at}: must be a text that isn't empty, not {Say(value)}.");
                break;
            case Kind.Path when value.ValueKind != JsonValueKind.String || !IsPlainPath(value.GetString()!):
                faults.Add($"{at}: must be an absolute path without '..', not {Say(value)}.");
                break;
            case Kind.Flag when value.ValueKind is not (JsonValueKind.True or JsonValueKind.False):
                faults.Add($"{at}: must be true or false, not {Say(value)}.");
                break;
            case Kind.Port when value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out var port) || port is < 1 or > 65535:
                faults.Add($"{at}: must be a TCP port from 1 to 65535, not {Say(value)}.");
                break;
            case Kind.Number when value.ValueKind != JsonValueKind.Number || !value.TryGetUInt32(out _):
                faults.Add($"{at}: must be a whole number from 0 to {uint.MaxValue}, not {Say(value)}.");
                break;
            case Kind.Texts or Kind.Storages or Kind.Volumes or Kind.FileVolumes when value.ValueKind != JsonValueKind.Array:
                faults.Add($"{at}: must be a list, not {Say(value)}.");
                break;
            case Kind.Texts:
                ForEach(value, at, (item, place) => CheckValue(item, place, new Member(member.Name, Kind.Text), faults));
                break;
            case Kind.Storages:
                ForEach(value, at, (item, place) => CheckMembers(item, place, OfStorage, faults));
                break;
            case Kind.Volumes:
                ForEach(value, at, (item, place) => CheckMembers(item, place, OfVolume, faults));
                break;
            case Kind.FileVolumes:
                ForEach(value, at, (item, place) => CheckMembers(item, place, OfFileVolume, faults));
                break;
        }
    }

    private static void ForEach(JsonElement list, string at, Action<JsonElement, string> check)
    {
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            check(item, $"{at}[{index}]");
        }
    }

    private static void CheckMeaning(TargetProfile profile, List<string> faults)
    {
        if (!IPAddress.TryParse(profile.ListenAddress, out _))
        {
            faults.Add($"listenAddress: {Sentence.Quote(profile.ListenAddress)} is no IP address.");
        }

        if (profile.Emulators.Count == 0)
        {
            faults.Add("emulators: must name at least one QEMU binary of the target.");
        }

        foreach (var twice in profile.Storages.GroupBy(storage => storage.SourcePath.TrimEnd('/')).Where(group => group.Skip(1).Any()))
        {
            faults.Add($"storages: two have the source path {Sentence.Quote(twice.Key)}, so it isn't clear where its files are on the target.");
        }

        foreach (var twice in profile.Volumes.GroupBy(volume => volume.DiskTarget).Where(group => group.Skip(1).Any()))
        {
            faults.Add($"volumes: two have the disk target {Sentence.Quote(twice.Key)}.");
        }

        foreach (var volume in profile.Volumes.Where(volume => (volume.ChapUsername is null) != (volume.SecretUsage is null)))
        {
            faults.Add($"volumes: {Sentence.Quote(volume.DiskTarget)} must have both chapUsername and secretUsage, or neither.");
        }
    }

    private static bool IsPlainPath(string path) => path.StartsWith('/') && !path.Split('/').Contains("..");

    private static string Say(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => Sentence.Quote(value.GetString()),
        _ => value.GetRawText(),
    };
}
