namespace Recovery.Labs;

/// <summary>Assembles the canary's boot sector into the qcow2 image that every guest's disk is a copy of.</summary>
internal static class CanaryDisk
{
    public static async Task BuildAsync(string source, string disk, CancellationToken cancellationToken)
    {
        var raw = $"{disk}.raw";
        await Tool.RunAsync("nasm", ["-f", "bin", "-o", raw, source], cancellationToken);
        await Tool.RunAsync("qemu-img", ["convert", "-f", "raw", "-O", "qcow2", raw, disk], cancellationToken);
        File.Delete(raw);
    }
}
