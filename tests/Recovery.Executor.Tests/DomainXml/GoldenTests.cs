using System.Xml.Linq;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class GoldenTests
{
    public static TheoryData<string> Names => [.. GoldenCase.All.Select(golden => Path.GetFileName(golden.Folder))];

    public static TheoryData<string> RewrittenNames =>
        [.. GoldenCase.All.Where(golden => golden.ExpectedXml is not null).Select(golden => Path.GetFileName(golden.Folder))];

    [Theory]
    [MemberData(nameof(Names))]
    public void given_a_definition_when_rewritten_then_it_is_what_the_folder_expects(string name)
    {
        var golden = GoldenCase.Of(name);
        var result = DomainRewriter.Rewrite(golden.Input, golden.Profile);
        if (Environment.GetEnvironmentVariable(GoldenCase.RewriteVariable) == "1")
        {
            golden.Write(result);
        }

        Assert.Null(golden.Compare(result));
    }

    [Theory]
    [MemberData(nameof(RewrittenNames))]
    public void given_a_rewritten_definition_when_rewritten_again_on_the_target_then_not_a_byte_changes(string name)
    {
        var golden = GoldenCase.Of(name);
        var again = DomainRewriter.Rewrite(golden.ExpectedXml!, Identity.Of(golden.Profile));
        Assert.Empty(again.Refusals);
        Assert.Empty(again.Changes);
        Assert.Equal(golden.ExpectedXml, again.Xml);
    }

    [Theory]
    [MemberData(nameof(RewrittenNames))]
    public void given_a_definition_when_rewritten_then_the_guest_sees_the_same_machine(string name)
    {
        var golden = GoldenCase.Of(name);
        Assert.Equal(GuestVisible.Of(golden.Input), GuestVisible.Of(golden.ExpectedXml!));
    }

    // libvirt writes both for one guest: taking the runtime parts away must lead from one to the other.
    [Theory]
    [InlineData("running-guest")]
    [InlineData("nova-nfs-volume-running")]
    public void given_the_xml_of_a_running_guest_when_rewritten_for_its_own_host_then_it_is_libvirts_inactive_xml(string name)
    {
        var golden = GoldenCase.Of(name);
        var rewritten = DomainRewriter.Rewrite(golden.Input, Identity.OfSource(golden.Profile));
        Assert.Empty(rewritten.Refusals);
        Assert.Equal(Parts(golden.Read("inactive.xml")), Parts(rewritten.Xml!));
    }

    [Fact]
    public void given_a_folder_without_expectations_when_compared_then_it_fails()
    {
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var golden = new GoldenCase(folder.FullName);
            var rewritten = new RewriteResult("<domain/>", [], []);
            Assert.Contains("no expected.txt", golden.Compare(rewritten), StringComparison.Ordinal);
            File.WriteAllText(Path.Combine(folder.FullName, "expected.txt"), "");
            Assert.Contains("no expected.xml", golden.Compare(rewritten), StringComparison.Ordinal);
            golden.Write(rewritten);
            Assert.Null(golden.Compare(rewritten));
            Assert.Contains("was refused", golden.Compare(rewritten with { Xml = null }), StringComparison.Ordinal);
            Assert.Contains("but got", golden.Compare(rewritten with { Changes = ["x"] }), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void the_table_has_rewritten_and_refused_definitions()
    {
        Assert.True(GoldenCase.All.Count() >= 18);
        Assert.True(RewrittenNames.Count >= 10);
        Assert.True(Names.Count - RewrittenNames.Count >= 5);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public async Task libvirts_own_schema_accepts_what_went_in_and_what_came_out(string name)
    {
        Assert.SkipUnless(LibvirtSchema.IsInstalled, "virt-xml-validate (libvirt-clients) or xmllint (libxml2-utils) is not installed.");
        var golden = GoldenCase.Of(name);
        foreach (var file in new[] { "input.xml", "expected.xml" }.Select(file => Path.Combine(golden.Folder, file)).Where(File.Exists))
        {
            Assert.Null(await LibvirtSchema.FaultOf(file, TestContext.Current.CancellationToken));
        }
    }

    // While a guest runs libvirt shows the processor that it made of the definition's, and controllers in another order.
    private static IEnumerable<string> Parts(string xml)
    {
        var domain = XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        return domain.Elements().Where(part => part.Name != "cpu" && part.Name != "devices").Concat(domain.Elements("devices").Elements())
            .Select(part => part.ToString(SaveOptions.DisableFormatting)).Order(StringComparer.Ordinal);
    }
}
