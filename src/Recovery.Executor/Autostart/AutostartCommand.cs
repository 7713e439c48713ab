using Recovery.Executor.Configuration;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Operations;

namespace Recovery.Executor.Autostart;

/// <summary><c>recovery-executor autostart</c>: shows the kept wishes, gives them back, drops one.</summary>
internal static class AutostartCommand
{
    public const string Usage = "recovery-executor autostart [list | give-back | drop NAME|UUID] [--config FILE] [--Executor:KEY=VALUE ...]";

    /// <returns>The exit code: 0; 1: it could not be done, wholly or in part; 2: it was asked wrongly.</returns>
    public static int Run(IReadOnlyList<string> arguments, TextWriter output, TextWriter error)
    {
        var words = arguments.TakeWhile(argument => !argument.StartsWith("--", StringComparison.Ordinal)).ToList();
        var faults = new List<string>();
        var configuration = CommandLine.Configure([.. arguments.Skip(words.Count)], faults);
        var settings = SettingsReader.Read(configuration, out var settingFaults);
        if (settings is null || faults.Count > 0) return Fail(error, 2, string.Join('\n', [.. faults, .. settingFaults]));
        try
        {
            var file = new AutostartFile(settings.StateDirectory);
            return words switch
            {
                [] or ["list"] => List(file, output),
                ["give-back"] => GiveBack(file, settings, output, error),
                ["drop", var whom] => Drop(file, whom, output, error),
                _ => Fail(error, 2, Usage),
            };
        }
        catch (Exception failed) when (failed is AutostartFileException or OperationLogException or LibvirtException or IOException or UnauthorizedAccessException)
        {
            return Fail(error, 1, failed.Message);
        }
    }

    private static int List(AutostartFile file, TextWriter output)
    {
        foreach (var wish in file.Read()) output.WriteLine($"{wish.Uuid}  {wish.Name}  since {wish.Since:u}");
        return 0;
    }

    // libvirt's flag first, then the wish: a crash in between leaves both, and this can be run again.
    private static int GiveBack(AutostartFile file, ExecutorSettings settings, TextWriter output, TextWriter error)
    {
        // A serving executor would take them again at once.
        using var alone = OperationLogFile.TakeLock(settings.StateDirectory);
        var wishes = file.Read();
        if (wishes.Count == 0)
        {
            output.WriteLine("nothing is kept");
            return 0;
        }
        using var connection = LibvirtConnection.Open(settings.LibvirtUri, _ => { });
        var done = new HashSet<string>(StringComparer.Ordinal);
        foreach (var wish in wishes)
        {
            try
            {
                using var domain = LibvirtDomain.FindByUuid(connection, wish.Uuid);
                domain?.SetAutostart(true);
                done.Add(wish.Uuid);
                output.WriteLine($"{wish.Uuid}  {wish.Name}  {(domain is null ? "is not on this host any more: forgotten" : "libvirt starts it with this host again")}");
            }
            catch (LibvirtException refused)
            {
                error.WriteLine($"{wish.Uuid}  {wish.Name}  is kept still: {refused.Message}");
            }
        }
        file.Change(kept => kept.Where(wish => !done.Contains(wish.Uuid)));
        return done.Count == wishes.Count ? 0 : 1;
    }

    private static int Drop(AutostartFile file, string whom, TextWriter output, TextWriter error)
    {
        bool IsMeant(AutostartWish wish) => wish.Name == whom || string.Equals(wish.Uuid, whom, StringComparison.OrdinalIgnoreCase);
        var dropped = new List<AutostartWish>();
        file.Change(kept =>
        {
            dropped.AddRange(kept.Where(IsMeant));
            return kept.Where(wish => !IsMeant(wish));
        });
        if (dropped.Count == 0) return Fail(error, 1, $"No wish of '{whom}' is kept here; recovery-executor autostart lists those that are.");
        foreach (var wish in dropped)
            output.WriteLine($"{wish.Uuid}  {wish.Name}  is not started with this host any more; a flag that libvirt still has is cleared by virsh autostart --disable {wish.Name}");
        return 0;
    }

    private static int Fail(TextWriter error, int code, string message)
    {
        error.WriteLine(message);
        return code;
    }
}
