using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

/// <summary>A host as its own target: nothing is left to map.</summary>
internal static class Identity
{
    /// <summary>The target's view of what was rewritten for it.</summary>
    public static TargetProfile Of(TargetProfile target) => target with
    {
        Storages = [.. target.Storages.Select(storage => storage with { SourcePath = storage.TargetPath })],
        HostCpuModel = target.HostCpuModel ?? "some",
        SourceHostCpuModel = target.HostCpuModel ?? "some",
    };

    /// <summary>The source, as far as the profile tells of it.</summary>
    public static TargetProfile OfSource(TargetProfile target) => target with
    {
        Storages = [.. target.Storages.Select(storage => storage with { TargetPath = storage.SourcePath })],
        HostCpuModel = "some",
        SourceHostCpuModel = "some",
    };
}
