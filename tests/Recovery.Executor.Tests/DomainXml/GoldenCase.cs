using System.Runtime.CompilerServices;
using System.Text;
using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>
/// A folder below Golden: input.xml as libvirt, Nova or virt-install wrote it, profile.json, and what must come of
/// them: expected.txt (changes and refusals) and, unless refused, expected.xml.
/// </summary>
internal sealed record GoldenCase(string Folder)
{
    /// <summary>Set to 1, the tests write their expectations instead of comparing. Read the difference before committing it.</summary>
    public const string RewriteVariable = "RECOVERY_REWRITE_GOLDEN";

    public static string Root { get; } = Path.Combine(SourceFolder(), "Golden");

    public static IEnumerable<GoldenCase> All => Directory.GetDirectories(Root).Order(StringComparer.Ordinal).Select(folder => new GoldenCase(folder));

    public string Input => Read("input.xml");

    public TargetProfile Profile
    {
        get
        {
            var faults = new List<string>();
            var profile = ProfileReader.Read(Read("profile.json"), faults);
            return profile ?? throw new InvalidDataException($"{Folder}: {string.Join(' ', faults)}");
        }
    }

    public string? ExpectedXml => File.Exists(At("expected.xml")) ? Read("expected.xml") : null;

    public static GoldenCase Of(string name) => new(Path.Combine(Root, name));

    public string Read(string file) => File.ReadAllText(At(file), Encoding.UTF8);

    /// <summary>Null when the result is what the folder expects, else what differs.</summary>
    public string? Compare(RewriteResult result)
    {
        if (!File.Exists(At("expected.txt")))
        {
            return $"{Folder} has no expected.txt; run the tests with {RewriteVariable}=1 and read what they wrote.";
        }

        if (File.Exists(At("expected.xml")) != result.Xml is not null)
        {
            return result.Xml is null
                ? $"{Folder} expects expected.xml, but was refused:\n{Lines(result)}"
                : $"{Folder} has no expected.xml, but was rewritten:\n{result.Xml}";
        }

        return Read("expected.txt") != Lines(result) ? $"{Folder}: expected\n{Read("expected.txt")}\nbut got\n{Lines(result)}"
            : ExpectedXml != result.Xml ? $"{Folder}: expected\n{ExpectedXml}\nbut got\n{result.Xml}"
            : null;
    }

    public void Write(RewriteResult result)
    {
        File.WriteAllText(At("expected.txt"), Lines(result));
        if (result.Xml is null)
        {
            File.Delete(At("expected.xml"));
        }
        else
        {
            File.WriteAllText(At("expected.xml"), result.Xml);
        }
    }

    private static string Lines(RewriteResult result) => string.Concat(
        result.Changes.Select(change => $"changed  {change}\n").Concat(result.Refusals.Select(refusal => $"refused  {refusal}\n")));

    private string At(string file) => Path.Combine(Folder, file);

    private static string SourceFolder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
