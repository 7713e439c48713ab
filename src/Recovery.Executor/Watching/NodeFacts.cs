using System.Runtime.InteropServices;
using Recovery.Executor.Configuration;
using Recovery.Executor.Iscsi;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Storage;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Watching;

/// <summary>The node report without its domains.</summary>
/// <param name="settings">Who this host is.</param>
/// <param name="boot">The id of its boot (<see cref="BootStamp"/>).</param>
internal sealed class NodeFacts(ExecutorSettings settings, string boot)
{
    private readonly string run = Guid.NewGuid().ToString("D");

    /// <summary>With what libvirt says; blocks.</summary>
    public NodeReport With(LibvirtConnection connection, IReadOnlyList<StorageRoot> storages)
    {
        var host = HostCapabilities.Read(connection);
        var report = Own(storages);
        report.Architecture = host.Architecture;
        report.Hypervisor = host.Hypervisor;
        report.CpuModel = host.CpuModel;
        report.MemoryMib = host.MemoryMib;
        report.Vcpus = host.Vcpus;
        report.MachineTypes.Add(host.MachineTypes);
        report.DomainTypes.Add(host.DomainTypes);
        report.NumaCells.Add(host.NumaCells.Select(cell => Cell(cell, connection)));
        var networks = HostCapabilities.Networks(connection);
        report.NetworksKnown = networks is not null;
        report.Networks.Add((networks ?? []).Order(StringComparer.Ordinal));
        return report;
    }

    /// <summary>What can be told while libvirt is away.</summary>
    public NodeReport Without(string libvirtError, IReadOnlyList<StorageRoot> storages)
    {
        var report = Own(storages);
        report.LibvirtError = libvirtError;
        report.Vcpus = (uint)Environment.ProcessorCount;
        report.MemoryMib = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        report.Architecture = RuntimeInformation.OSArchitecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 => "aarch64",
            var other => other.ToString().ToLowerInvariant(),
        };
        return report;
    }

    private static NumaCell Cell(HostNumaCell cell, LibvirtConnection connection) => new()
    {
        Id = cell.Id,
        MemoryMib = cell.MemoryMib,
        Vcpus = cell.Vcpus,
        FreePages = { cell.FreePages(connection).OrderBy(pages => pages.Key).Select(pages => new FreePages { SizeKib = pages.Key, Count = pages.Value }) },
    };

    private NodeReport Own(IReadOnlyList<StorageRoot> storages) => new()
    {
        Host = settings.Host,
        ExecutorVersion = CommandLine.Version,
        ExecutorRun = run,
        Boot = boot,
        Bridges = { NetworkDevices.Bridges() },
        InitiatorName = InitiatorName.OfHost(),
        InstancesPath = settings.InstancesPath,
        Storages =
        {
            storages.Select(storage => new Protocol.V1.Storage
            {
                Id = storage.Id,
                Path = storage.Path,
                FreeMib = storage.FreeMib,
                SizeMib = storage.SizeMib,
            }),
        },
    };
}
