namespace Recovery.Executor.Libvirt;

/// <summary>What libvirt says of a guest's processor on this host.</summary>
/// <param name="Reason">In libvirt's words when it doesn't fit: the features that are missing.</param>
internal sealed record CpuComparison(bool Fits, string Reason)
{
    // Tells the missing features as an error, instead of a mere "incompatible".
    private const uint FailIncompatible = 1;

    /// <summary>Asks virConnectCompareHypervisorCPU; blocks.</summary>
    /// <param name="cpuXml">A definition's cpu element.</param>
    /// <returns>Null when libvirt can't tell: an unknown model, another architecture, a virtualization that isn't there.</returns>
    /// <exception cref="LibvirtException">The connection broke.</exception>
    public static CpuComparison? Ask(LibvirtConnection connection, string cpuXml, string architecture, string machine, string virtType)
    {
        var result = NativeMethods.virConnectCompareHypervisorCPU(
            connection.Handle, null, Named(architecture), Named(machine), Named(virtType), cpuXml, FailIncompatible);
        if (result > 0) return new CpuComparison(true, "");
        if (result == 0) return new CpuComparison(false, "the host's processor lacks something that the guest's has");
        var failure = LibvirtException.Last();
        if (failure.ConnectionLost) throw failure;
        return failure.Code == LibvirtErrorCode.CpuIncompatible ? new CpuComparison(false, failure.Message) : null;
    }

    private static string? Named(string text) => text.Length > 0 ? text : null;
}
