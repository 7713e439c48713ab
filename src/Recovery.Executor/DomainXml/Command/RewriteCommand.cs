using System.Text;
using System.Text.Json;

namespace Recovery.Executor.DomainXml;

/// <summary>For operators who want to look first: `recovery-executor rewrite --profile profile.json &lt; domain.xml`.</summary>
public static class RewriteCommand
{
    private const int Rewritten = 0;
    private const int Refused = 1;
    private const int BadInput = 2;

    /// <summary>Standard input as UTF-8 that is not silently repaired where it is none.</summary>
    public static TextReader OpenStandardInput() =>
        new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));

    /// <summary>
    /// Prints the rewritten XML on output, changes and refusals on error; with --json one document {xml, changes,
    /// refusals} on output. 0: rewritten, 1: refused, 2: bad usage or bad input, with every fault named on error.
    /// </summary>
    /// <param name="arguments">What follows the word "rewrite".</param>
    /// <param name="input">The domain XML; see <see cref="OpenStandardInput"/>.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="error">Standard error.</param>
    public static int Run(IReadOnlyList<string> arguments, TextReader input, TextWriter output, TextWriter error)
    {
        var options = RewriteOptions.Parse(arguments);
        if (options.WantsHelp)
        {
            output.Write(RewriteHelp.Text);
            return Rewritten;
        }

        var faults = options.Faults.ToList();
        var profile = options.ProfilePath is { } path ? ReadProfile(path, faults) : null;

        // Without a profile's path the call itself is wrong: nothing may be waiting on standard input.
        var result = options.ProfilePath is null ? null : Rewrite(input, profile, faults);
        if (result is null || faults.Count > 0)
        {
            faults.ForEach(fault => error.WriteLine($"recovery-executor rewrite: {fault}"));
            error.WriteLine("'recovery-executor rewrite --help' shows the usage and an example of a profile.");
            return BadInput;
        }

        Print(result, options.WantsJson, output, error);
        return result.Xml is null ? Refused : Rewritten;
    }

    private static TargetProfile? ReadProfile(string path, List<string> faults)
    {
        try
        {
            return ProfileReader.Read(File.ReadAllText(path, new UTF8Encoding(false, throwOnInvalidBytes: true)), faults);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            faults.Add($"The profile {Sentence.Quote(path)} can't be read: {fault.Message}");
            return null;
        }
    }

    // The definition's faults are told even when the profile has some of its own.
    private static RewriteResult? Rewrite(TextReader input, TargetProfile? profile, List<string> faults)
    {
        try
        {
            var domainXml = ReadLimited(input);
            if (profile is null)
            {
                Document.DomainDocument.Parse(domainXml);
                return null;
            }

            return DomainRewriter.Rewrite(domainXml, profile);
        }
        catch (DomainXmlException fault)
        {
            faults.Add(fault.Message);
        }
        catch (DecoderFallbackException)
        {
            faults.Add("The domain XML on standard input is not valid UTF-8.");
        }

        return null;
    }

    // One character over the limit is enough for the parser to say that it is too large.
    private static string ReadLimited(TextReader input)
    {
        var buffer = new char[Document.DomainDocument.MaximumBytes + 1];
        return new string(buffer, 0, input.ReadBlock(buffer, 0, buffer.Length));
    }

    private static void Print(RewriteResult result, bool asJson, TextWriter output, TextWriter error)
    {
        if (asJson)
        {
            output.WriteLine(JsonSerializer.Serialize(result, RewriteJson.Readable.RewriteResult));
            return;
        }

        output.Write(result.Xml);
        foreach (var change in result.Changes)
        {
            error.WriteLine($"changed  {change}");
        }

        foreach (var refusal in result.Refusals)
        {
            error.WriteLine($"refused  {refusal}");
        }

        error.WriteLine(result.Xml is null ? $"Refused for {result.Refusals.Count} reason(s); nothing was printed." : $"Rewritten with {result.Changes.Count} change(s).");
    }
}
