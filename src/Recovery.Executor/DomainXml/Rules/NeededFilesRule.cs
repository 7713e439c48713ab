namespace Recovery.Executor.DomainXml.Rules;

/// <summary>Files beside the disks: those of the guest follow the storages, those of a package must exist on the target.</summary>
internal static class NeededFilesRule
{
    public static void Apply(Rewriting rewriting)
    {
        foreach (var file in HostPaths.In(rewriting.Domain).ToList())
        {
            if (file.IsFirmware && rewriting.Target.FirmwareFiles.Contains(file.Path))
            {
                continue;
            }

            var (mapped, fault) = StoragePaths.Map(file.Path, rewriting.Target);
            if (mapped is null)
            {
                rewriting.Refuse(file.IsFirmware
                    ? $"{file.Subject}: {Sentence.Quote(file.Path)} doesn't exist on {rewriting.Target.Host}. Install the package that has it there, or choose another host."
                    : $"{file.Subject}: {Sentence.Quote(file.Path)} {fault}. {Advice(file.Role)}");
            }
            else if (mapped != file.Path)
            {
                rewriting.Change($"{file.Subject}: {Sentence.Quote(file.Path)} becomes {Sentence.Quote(mapped)}.");
                file.Set(mapped);
            }
        }
    }

    private static string Advice(string role) => role switch
    {
        "nvram" => "It holds the guest's UEFI variables: keep it on shared storage, beside the disk.",
        "filesystem" => "Share the directory by a storage that both hosts see.",
        _ => "Keep it on shared storage, beside the disk.",
    };
}
