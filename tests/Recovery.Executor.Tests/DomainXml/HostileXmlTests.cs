using System.Diagnostics;
using System.Text;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class HostileXmlTests
{
    private const string Uuid = "0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001";

    private static readonly string Head = $"<name>a</name><uuid>{Uuid}</uuid><memory>1024</memory>";

    private static readonly Dictionary<string, (string Xml, string Fault)> Faults = new()
    {
        ["nothing"] = ("", "is empty"),
        ["blank"] = (" \n", "is empty"),
        ["no xml"] = ("Domain not found", "malformed"),
        ["cut off"] = ("<domain type='kvm'><name>a", "malformed"),
        ["billion laughs"] = ("<?xml version='1.0'?><!DOCTYPE lolz [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>" + Domain(Head + "<title>&b;</title>"), "document type declaration (DTD)"),
        ["external entity"] = ("<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + Domain(Head + "<title>&x;</title>"), "document type declaration (DTD)"),
        ["external DTD"] = ("<!DOCTYPE domain SYSTEM 'http://192.0.2.1/evil.dtd'>" + Domain(Head), "document type declaration (DTD)"),
        ["unknown entity"] = (Domain(Head + "<title>&secret;</title>"), "malformed"),
        ["ten megabytes"] = (Domain(Head + "<title>" + new string('x', 10_000_000) + "</title>"), "larger than 1048576 bytes"),
        ["too large in bytes only"] = (Domain(Head + "<title>" + new string('€', 400_000) + "</title>"), "larger than 1048576 bytes"),
        ["deep nesting"] = (Domain(Head + string.Concat(Enumerable.Repeat("<a>", 60_000)) + string.Concat(Enumerable.Repeat("</a>", 60_000))), "nests deeper"),
        ["another root"] = ("<domainsnapshot><name>a</name></domainsnapshot>", "'domainsnapshot'"),
        ["root of a namespace"] = ("<domain xmlns='http://example.com/'>" + Head + "</domain>", "root element"),
        ["two roots"] = (Domain(Head) + Domain(Head), "malformed"),
        ["no uuid"] = (Domain("<name>a</name>"), "no valid <uuid>"),
        ["bad uuid"] = (Domain("<name>a</name><uuid>123</uuid>"), "no valid <uuid>"),
        ["two uuids"] = (Domain(Head + $"<uuid>{Uuid}</uuid>"), "two <uuid>"),
        ["two names"] = (Domain(Head + "<name>b</name>"), "two <name>"),
        ["no name"] = (Domain($"<uuid>{Uuid}</uuid>"), "no <name>"),
        ["name as path"] = (Domain($"<name>../../etc/cron.d/x</name><uuid>{Uuid}</uuid>"), "slash"),
        ["name of two lines"] = (Domain($"<name>a\nrefused</name><uuid>{Uuid}</uuid>"), "control character"),
        ["a second list of devices"] = (Domain(Head + "<devices/><devices/>"), "two <devices>"),
        ["a second source of a disk"] = (Domain(Head + "<devices><disk><source file='/a'/><source file='/b'/><target dev='vda'/></disk></devices>"), "two <source>"),
        ["a disk without target"] = (Domain(Head + "<devices><disk><source file='/a'/></disk></devices>"), "no <target dev>"),
        ["a target twice"] = (Domain(Head + "<devices><disk><target dev='vda'/></disk><disk><target dev='vda'/></disk></devices>"), "same target 'vda'"),
        ["a disk of a foreign namespace"] = (Domain(Head + "<devices><x:disk xmlns:x='http://example.com/'/></devices>"), "has a namespace"),
        ["NUL"] = (Domain(Head + "<title>a\0b</title>"), "malformed"),
        ["NUL as a reference"] = (Domain(Head + "<title>&#0;</title>"), "malformed"),
        ["half a surrogate pair"] = (Domain(Head + "<title>\ud800</title>"), "malformed"),
    };

    public static TheoryData<string> Names => [.. Faults.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void given_hostile_or_malformed_xml_when_read_or_rewritten_then_the_fault_is_named_at_once(string name)
    {
        var (xml, fault) = Faults[name];
        var watch = Stopwatch.StartNew();
        var read = Assert.Throws<DomainXmlException>(() => DomainReader.Read(xml));
        var rewritten = Assert.Throws<DomainXmlException>(() => DomainRewriter.Rewrite(xml, Profiles.Plain));
        Assert.Contains(fault, read.Message, StringComparison.Ordinal);
        Assert.Equal(read.Message, rewritten.Message);
        Assert.True(read.Message.Length < 1000, "A fault must not repeat the document.");
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void given_many_attributes_and_siblings_within_the_limit_when_read_then_it_is_quick()
    {
        var devices = string.Concat(Enumerable.Range(0, 4000).Select(index => $"<disk type='file'><source file='/a/{index}'/><target dev='vd{index}'/></disk>"));
        var attributes = string.Concat(Enumerable.Range(0, 20_000).Select(index => $" a{index}=''"));
        var watch = Stopwatch.StartNew();
        Assert.Equal(4000, DomainReader.Read(Domain(Head + $"<title{attributes}/><devices>{devices}</devices>")).Disks.Count);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void given_a_chain_as_deep_as_libvirt_allows_when_read_then_it_is_fine()
    {
        var chain = string.Concat(Enumerable.Repeat("<backingStore type='file'><format type='qcow2'/><source file='/i/b'/>", 200)) + string.Concat(Enumerable.Repeat("</backingStore>", 200));
        Assert.Single(DomainReader.Read(Domain(Head + $"<devices><disk type='file'><source file='/i/a'/>{chain}<target dev='vda'/></disk></devices>")).Disks);
    }

    [Fact]
    public void given_values_that_would_disturb_a_terminal_when_refused_then_the_sentence_is_one_printable_line()
    {
        var xml = Domain(Head + "<devices><disk type='file'><source file='/a&#10;refused  \u202enothing&#x9b;31m'/><target dev='vda'/></disk></devices>");
        var sentence = DomainRewriter.Rewrite(xml, Profiles.Plain).Refusals.Single(refusal => refusal.Contains("disk vda", StringComparison.Ordinal));
        Assert.DoesNotContain(sentence, char.IsControl);
        Assert.DoesNotContain('\u202e', sentence);
    }

    private static string Domain(string content) => new StringBuilder("<domain type='kvm'>").Append(content).Append("</domain>").ToString();
}
