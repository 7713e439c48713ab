using CsCheck;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class RewritePropertyTests
{
    private static readonly Gen<(string Xml, TargetProfile Target)> Cases = Gen.Select(DomainGenerator.Domain, DomainGenerator.Target);

    private static readonly Gen<(string Xml, TargetProfile Target)> Small = Gen.Select(DomainGenerator.SmallDomain, DomainGenerator.Target);

    [Fact]
    public void the_guest_visible_parts_never_change() => Cases.Sample((xml, target) =>
    {
        if (DomainRewriter.Rewrite(xml, target).Xml is { } rewritten)
        {
            Assert.Equal(GuestVisible.Of(xml), GuestVisible.Of(rewritten));
        }
    });

    [Fact]
    public void rewriting_again_on_the_target_changes_nothing() => Cases.Sample((xml, target) =>
    {
        if (DomainRewriter.Rewrite(xml, target).Xml is { } rewritten)
        {
            var again = DomainRewriter.Rewrite(rewritten, Identity.Of(target));
            Assert.Empty(again.Refusals);
            Assert.Empty(again.Changes);
            Assert.Equal(rewritten, again.Xml);
        }
    });

    [Fact]
    public void what_is_not_changed_stays_byte_for_byte() => Small.Sample((xml, target) =>
    {
        var result = DomainRewriter.Rewrite(xml, target);
        if (result is { Xml: not null, Changes: [] })
        {
            Assert.Equal(xml, result.Xml);
        }
    });

    [Fact]
    public void what_no_rule_looks_into_stays_byte_for_byte_beside_what_is_changed() => Cases.Sample((xml, target) =>
    {
        if (DomainRewriter.Rewrite(xml, target).Xml is { } rewritten)
        {
            Assert.All(DomainGenerator.UntouchedIn(xml), part => Assert.Contains(part, rewritten, StringComparison.Ordinal));
        }
    });

    [Fact]
    public void the_same_definition_and_profile_give_the_same_result() => Cases.Sample((xml, target) =>
    {
        var (first, second) = (DomainRewriter.Rewrite(xml, target), DomainRewriter.Rewrite(xml, target));
        Assert.Equal(first.Xml, second.Xml);
        Assert.Equal(first.Changes, second.Changes);
        Assert.Equal(first.Refusals, second.Refusals);
    });

    [Fact]
    public void a_refusal_gives_no_xml_and_every_sentence_is_one_line_that_ends() => Cases.Sample((xml, target) =>
    {
        var result = DomainRewriter.Rewrite(xml, target);
        Assert.Equal(result.Refusals.Count > 0, result.Xml is null);
        Assert.All(result.Changes.Concat(result.Refusals), sentence =>
        {
            Assert.DoesNotContain(sentence, char.IsControl);
            Assert.EndsWith(".", sentence, StringComparison.Ordinal);
        });
    });

    [Fact]
    public void no_sentence_tells_a_password() => Cases.Sample((xml, target) =>
    {
        var result = DomainRewriter.Rewrite(xml, target);
        Assert.All(result.Changes.Concat(result.Refusals), sentence => Assert.DoesNotContain(DomainGenerator.Password, sentence, StringComparison.Ordinal));
    });

    [Fact]
    public void no_path_of_the_source_is_left_where_the_target_sees_the_storage_elsewhere() => Cases.Sample((xml, target) =>
    {
        var moved = target with { Storages = [.. target.Storages.Select(storage => storage with { TargetPath = "/elsewhere/" + storage.Id })] };
        if (DomainRewriter.Rewrite(xml, moved).Xml is { } rewritten)
        {
            Assert.DoesNotContain("/srv/", rewritten, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void broken_text_is_a_named_fault_and_never_another_exception() =>
        Gen.Select(DomainGenerator.Domain, Gen.Int[0, 5000], Gen.Int[0, 40], Gen.OneOf("", "<", ">", "'", "&", "]]>", "<!--", "<x/>", "\0", "<a:b/>", "xmlns='u'", "<![CDATA[")).Sample((xml, at, length, inserted) =>
        {
            var start = Math.Min(at, xml.Length);
            var broken = xml.Remove(start, Math.Min(length, xml.Length - start)).Insert(start, inserted);
            try
            {
                DomainRewriter.Rewrite(broken, Profiles.Plain);
            }
            catch (DomainXmlException fault)
            {
                Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
            }
        });

    [Fact]
    public void the_generator_gives_rewritten_unchanged_and_refused_definitions()
    {
        var (rewritten, unchanged, refused) = (0, 0, 0);
        Cases.Sample((xml, target) => Interlocked.Increment(ref DomainRewriter.Rewrite(xml, target).Xml is null ? ref refused : ref rewritten), iter: 1000);
        Small.Sample((xml, target) => Interlocked.Add(ref unchanged, DomainRewriter.Rewrite(xml, target) is { Xml: not null, Changes: [] } ? 1 : 0), iter: 1000);
        Assert.True(rewritten > 50, $"Only {rewritten} of 1000 are rewritten.");
        Assert.True(refused > 50, $"Only {refused} of 1000 are refused.");
        Assert.True(unchanged > 20, $"Only {unchanged} of 1000 need no change.");
    }
}
