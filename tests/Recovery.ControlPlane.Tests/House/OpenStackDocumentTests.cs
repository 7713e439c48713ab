using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Tests.House;

/// <summary>docs/openstack.md is where a cloud's settings are copied from: they are right, and all of them are there.</summary>
public sealed partial class OpenStackDocumentTests : IDisposable
{
    private static readonly string Document = File.ReadAllText(Path.Combine(Checkout.Root, "docs", "openstack.md"));
    private readonly string folder = Directory.CreateTempSubdirectory("recovery-document-").FullName;

    public static TheoryData<string> Keys => [.. OptionsReader.Keys(typeof(OpenStackOptions)).Select(option => option.Key)];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_example_is_accepted_as_it_is_written_once_its_files_are_there()
    {
        var example = Named().Replace(Json().Match(Document).Groups[1].Value, match =>
        {
            var file = Path.Combine(folder, match.Groups[1].Value);
            File.WriteAllText(file, "");
            return $"\"{file}\"";
        });

        var settings = Settings.Read(
            [], new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(example))).Build());

        Assert.Empty(settings.Faults);
        Assert.Equal((RecoveryOptions.Nova, "recovery"), (settings.Options.Inventory, settings.Options.OpenStack.Username));
        Assert.NotEmpty(settings.Options.OpenStack.WriterConnectionStringFile);
    }

    [Theory]
    [MemberData(nameof(Keys))]
    public void Every_setting_is_explained(string setting) => Assert.Contains($"`{setting}`", Document, StringComparison.Ordinal);

    [GeneratedRegex("```json\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Json();

    [GeneratedRegex("\"/etc/recovery/([^\"]+)\"")]
    private static partial Regex Named();
}
