namespace Recovery.Labs;

/// <summary>Names and addresses of a lab. Interface names carry the subnet instead of the lab's name: the kernel allows 15 characters.</summary>
internal sealed record LabNetwork(string Lab, int Subnet)
{
    public const int PrefixLength = 24;

    public string Bridge => $"rlab{Subnet}";

    /// <summary>The kernel's free-text alias of the lab's interfaces: whose they are, even when nothing else of the lab is left.</summary>
    public const string AliasPrefix = "recovery-lab ";
    public string Alias => AliasPrefix + Lab;

    public string Network => $"10.{Subnet}.0.0/{PrefixLength}";

    /// <summary>The machine that runs the lab, as hosts see it: control planes live here.</summary>
    public string RootAddress => Address(1);
    public string StorageAddress => Address(2);
    public string HostAddress(int number) => Address(10 + number);

    public string StorageCable => $"{Bridge}s";
    public string HostCable(int number) => $"{Bridge}n{number}";
    public string Namespace(string machine) => $"rlab-{Lab}-{machine}";

    public static string HostName(int number) => $"node{number}";
    public const string StorageName = "storage";

    private string Address(int last) => $"10.{Subnet}.0.{last}";
}
