using System.Diagnostics;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>virt-xml-validate, libvirt's own check of a definition against its RELAX NG schema.</summary>
internal static class LibvirtSchema
{
    public static bool IsInstalled { get; } = File.Exists("/usr/bin/virt-xml-validate") && File.Exists("/usr/bin/xmllint");

    public static async Task<string?> FaultOf(string file, CancellationToken cancellationToken)
    {
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/virt-xml-validate", [file, "domain"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0 ? null : await output + await error;
    }
}
