using Recovery.Executor.DomainXml.Document;

namespace Recovery.Executor.DomainXml.Rules;

/// <summary>UEFI variables (boot entries, enrolled keys) are data of the guest: without its own NVRAM it is not started.</summary>
internal static class FirmwareRule
{
    public static void Apply(Rewriting rewriting)
    {
        var os = rewriting.Domain.Element("os");
        var loader = os?.Element("loader");
        var nvram = os?.Element("nvram");
        if (nvram.Get("type") is { } type && type != "file")
        {
            rewriting.Refuse($"NVRAM: it is kept on {Sentence.Quote(type)}, and this release knows files on shared storage only.");
        }
        else if (WantsNvram() && nvram.Text() is null && nvram?.Element("source").Get("file") is null)
        {
            rewriting.Refuse($"NVRAM: the UEFI firmware keeps variables, but the definition doesn't say where; {rewriting.Target.Host} would start with empty ones. Name the NVRAM file, on shared storage, in the definition.");
        }

        bool WantsNvram() =>
            loader.Get("stateless") != "yes"
            && (os.Get("firmware") == "efi" || loader.Get("type") == "pflash" || nvram is not null);
    }
}
