using System.Text;
using System.Text.Json;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public sealed class RewriteCommandTests : IDisposable
{
    private static readonly GoldenCase Moved = GoldenCase.Of("iscsi-with-chap");
    private static readonly GoldenCase Refused = GoldenCase.Of("local-disks");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void given_a_definition_when_rewritten_then_the_xml_can_be_piped_and_the_changes_are_read_beside_it()
    {
        var (code, output, error) = Run(["--profile", Path.Combine(Moved.Folder, "profile.json")], Moved.Input);
        Assert.Equal((0, Moved.ExpectedXml), (code, output));
        Assert.Equal(Moved.Read("expected.txt") + "Rewritten with 3 change(s).\n", error);
    }

    [Fact]
    public void given_a_refused_definition_when_rewritten_then_nothing_is_on_output_and_the_reasons_are_on_error()
    {
        var (code, output, error) = Run([$"--profile={Path.Combine(Refused.Folder, "profile.json")}"], Refused.Input);
        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(Refused.Read("expected.txt"), error, StringComparison.Ordinal);
        Assert.EndsWith("Refused for 4 reason(s); nothing was printed.\n", error, StringComparison.Ordinal);
    }

    [Fact]
    public void given_json_when_rewritten_or_refused_then_output_is_one_document_and_error_is_silent()
    {
        var (code, output, error) = Run(["--json", "--profile", Path.Combine(Moved.Folder, "profile.json")], Moved.Input);
        using var rewritten = JsonDocument.Parse(output);
        Assert.Equal((0, ""), (code, error));
        Assert.Equal(Moved.ExpectedXml, rewritten.RootElement.GetProperty("xml").GetString());
        Assert.Equal(3, rewritten.RootElement.GetProperty("changes").GetArrayLength());

        (code, output, error) = Run(["--json", "--profile", Path.Combine(Refused.Folder, "profile.json")], Refused.Input);
        using var refused = JsonDocument.Parse(output);
        Assert.Equal((1, ""), (code, error));
        Assert.Equal(JsonValueKind.Null, refused.RootElement.GetProperty("xml").ValueKind);
        Assert.Equal(4, refused.RootElement.GetProperty("refusals").GetArrayLength());
        Assert.Equal(["xml", "changes", "refusals"], refused.RootElement.EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void given_help_when_called_then_the_example_of_a_profile_is_one()
    {
        var (code, output, error) = Run(["--help"], "");
        Assert.Equal((0, ""), (code, error));
        Assert.Contains(RewriteHelp.ExampleProfile, output, StringComparison.Ordinal);

        var example = Path.Combine(_folder.FullName, "example.json");
        File.WriteAllText(example, RewriteHelp.ExampleProfile);
        var faults = new List<string>();
        Assert.NotNull(ProfileReader.Read(RewriteHelp.ExampleProfile, faults));
        Assert.Equal(0, Run(["--profile", example], GoldenCase.Of("iscsi-with-chap").Input.Replace("'guest'", "'guest1'", StringComparison.Ordinal).Replace("pc-i440fx-7.2", "pc-q35-7.2", StringComparison.Ordinal)).Code);
    }

    [Fact]
    public void given_bad_usage_when_called_then_every_fault_is_named_and_standard_input_is_not_waited_for()
    {
        var (code, output, error) = Run(["--profil", "x", "--jason"], new ThrowingReader(new InvalidOperationException("It was read.")));
        Assert.Equal((2, ""), (code, output));
        Assert.All(["'--profil' is unknown", "'x' is unknown", "'--jason' is unknown", "--profile FILE is missing"], fault => Assert.Contains(fault, error, StringComparison.Ordinal));
        Assert.Contains("wants the path", Run(["--profile"], "").Error, StringComparison.Ordinal);
        Assert.Contains("wants the path", Run(["--profile", "--json"], "").Error, StringComparison.Ordinal);
        Assert.Contains("more than once", Run(["--profile", "a", "--profile=b"], "").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void given_a_bad_profile_and_a_bad_definition_when_called_then_all_faults_are_told_at_once()
    {
        var (code, output, error) = Run(["--profile", Profile("""
            {
              "host": "", "listenAdress": "192.0.2.12", "architecture": 7, "emulators": ["/usr/bin/q", 3], "bridgesKnown": "yes", "machineTypes": null,
              "storages": [{ "id": "a", "sourcePath": "relative", "target": "/x" }, 5],
              "volumes": [{ "diskTarget": "vda", "portalHost": "a", "portalPort": 0, "targetName": "iqn", "lun": -1 }],
              "logDirectory": "/var/../etc"
            }
            """)], "<domain/>");
        Assert.Equal((2, ""), (code, output));
        string[] faults =
        [
            "'listenAdress' is unknown; known are host, listenAddress,", "'listenAddress' is missing", "host: must be a text that isn't empty",
            "architecture: must be a text that isn't empty, not 7", "emulators[1]: must be a text", "bridgesKnown: must be true or false, not 'yes'", "machineTypes: must be a list, not null",
            "storages[0].sourcePath: must be an absolute path", "storages[0]: 'targetPath' is missing", "storages[0]: 'target' is unknown", "storages[1]: must be an object, not 5",
            "volumes[0].portalPort: must be a TCP port", "volumes[0].lun: must be a whole number", "logDirectory: must be an absolute path without '..'",
            "no valid <uuid>",
        ];
        Assert.All(faults, fault => Assert.Contains(fault, error, StringComparison.Ordinal));
        Assert.Equal(faults.Length + 1, error.Count(character => character == '\n'));
    }

    [Theory]
    [InlineData("", "no valid JSON")]
    [InlineData("[]", "must be an object, not a list")]
    [InlineData("""{"host":"a","host":"b"}""", "no valid JSON")]
    [InlineData("""{"host":"a","listenAddress":"node2","architecture":"x","emulators":["/q"],"storages":[]}""", "'node2' is no IP address")]
    [InlineData("""{"host":"a","listenAddress":"::","architecture":"x","emulators":[],"storages":[]}""", "at least one QEMU")]
    [InlineData("""{"host":"a","listenAddress":"::","architecture":"x","emulators":["/q"],"storages":[{"id":"a","sourcePath":"/a","targetPath":"/b"},{"id":"b","sourcePath":"/a/","targetPath":"/c"}]}""", "two have the source path '/a'")]
    [InlineData("""{"host":"a","listenAddress":"::","architecture":"x","emulators":["/q"],"storages":[],"volumes":[{"diskTarget":"vda","portalHost":"a","portalPort":1,"targetName":"i","lun":0,"chapUsername":"u"}]}""", "both chapUsername and secretUsage")]
    public void given_a_profile_that_makes_no_sense_when_called_then_the_fault_is_named(string profile, string fault)
    {
        var (code, _, error) = Run(["--profile", Profile(profile)], Moved.Input);
        Assert.Equal(2, code);
        Assert.Contains(fault, error, StringComparison.Ordinal);
    }

    [Fact]
    public void given_only_the_needed_members_when_called_then_all_else_has_its_default()
    {
        var faults = new List<string>();
        var profile = ProfileReader.Read("""{"host":"node2","listenAddress":"192.0.2.12","architecture":"x86_64","emulators":["/usr/bin/qemu-system-x86_64"],"storages":[{"id":"images","sourcePath":"/srv/images","targetPath":"/mnt/images"}],"hostCpuModel":null}""", faults);
        Assert.Empty(faults);
        Assert.Equivalent(Profiles.Plain, profile, strict: true);
    }

    [Fact]
    public void given_no_profile_file_or_a_directory_when_called_then_the_fault_names_it()
    {
        Assert.Contains("/nonexistent/p.json", Run(["--profile", "/nonexistent/p.json"], Moved.Input).Error, StringComparison.Ordinal);
        Assert.Contains("can't be read", Run(["--profile", _folder.FullName], Moved.Input).Error, StringComparison.Ordinal);
        var path = Path.Combine(_folder.FullName, "latin1.json");
        File.WriteAllBytes(path, [(byte)'"', 0xe4, (byte)'"']);
        Assert.Contains("can't be read", Run(["--profile", path], Moved.Input).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void given_bytes_that_are_no_utf8_when_called_then_the_definition_is_refused_instead_of_repaired()
    {
        using var input = new StreamReader(new MemoryStream([.. "<domain type='kvm'>"u8, 0xff, 0xfe]), new UTF8Encoding(false, throwOnInvalidBytes: true));
        var (code, _, error) = Run(["--profile", Path.Combine(Moved.Folder, "profile.json")], input);
        Assert.Equal(2, code);
        Assert.Contains("not valid UTF-8", error, StringComparison.Ordinal);
    }

    [Fact]
    public void given_endless_input_when_called_then_reading_stops_at_the_limit()
    {
        var input = new EndlessReader();
        var (code, _, error) = Run(["--profile", Path.Combine(Moved.Folder, "profile.json")], input);
        Assert.Equal(2, code);
        Assert.Contains("larger than", error, StringComparison.Ordinal);
        Assert.True(input.Taken <= 1024 * 1024 + 1);
    }

    private static (int Code, string Output, string Error) Run(string[] arguments, string input) => Run(arguments, new StringReader(input));

    private static (int Code, string Output, string Error) Run(string[] arguments, TextReader input)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (RewriteCommand.Run(arguments, input, output, error), output.ToString(), error.ToString());
    }

    private string Profile(string json)
    {
        var path = Path.Combine(_folder.FullName, "profile.json");
        File.WriteAllText(path, json);
        return path;
    }

    private sealed class ThrowingReader(Exception fault) : TextReader
    {
        public override int Read(char[] buffer, int index, int count) => throw fault;
    }

    private sealed class EndlessReader : TextReader
    {
        public int Taken { get; private set; }

        public override int Read(char[] buffer, int index, int count)
        {
            Array.Fill(buffer, ' ', index, count);
            Taken += count;
            return count;
        }
    }
}
