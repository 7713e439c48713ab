namespace Recovery.ControlPlane.Configuration;

/// <summary>Where an OpenStack cloud is, and as whom it is read, changed and asked. <c>Recovery:OpenStack:</c></summary>
public sealed record OpenStackOptions
{
    public const string Auto = "auto";
    public const string Direct = "direct";
    public const string Assisted = "assisted";

    /// <summary>
    /// A file with the connection string of a user that may read: <c>Server=db;Port=3306;User ID=recovery_reader;Password=…</c>.
    /// It names no database.
    /// </summary>
    public string ReaderConnectionStringFile { get; init; } = "";

    /// <summary>The same of a user that may write what docs/openstack.md lists; empty: plans can be made, and nothing recovered.</summary>
    public string WriterConnectionStringFile { get; init; } = "";

    public string NovaApiDatabase { get; init; } = "nova_api";

    public string PlacementDatabase { get; init; } = "placement";

    public string CinderDatabase { get; init; } = "cinder";

    public string NeutronDatabase { get; init; } = "neutron";

    /// <summary>
    /// Where a cell's database is, by the cell's name: <c>Server=…;Port=…;Database=…</c>, without user and password. Cells that are
    /// not named here are where nova_api.cell_mappings says.
    /// </summary>
    public IReadOnlyDictionary<string, string> Cells { get; init; } = new Dictionary<string, string>();

    /// <summary>Keystone, as <c>https://keystone:5000/v3</c>; empty: no API is asked, everything is done in the databases.</summary>
    public string IdentityUrl { get; init; } = "";

    public string Username { get; init; } = "";

    public string UserDomain { get; init; } = "Default";

    public string Project { get; init; } = "";

    public string ProjectDomain { get; init; } = "Default";

    /// <summary>A file with that user's password.</summary>
    public string PasswordFile { get; init; } = "";

    /// <summary>In place of user, project and password.</summary>
    public string ApplicationCredentialId { get; init; } = "";

    /// <summary>A file with that credential's secret.</summary>
    public string ApplicationCredentialSecretFile { get; init; } = "";

    /// <summary>PEM; empty: whom the system trusts.</summary>
    public string AuthorityFile { get; init; } = "";

    public string Region { get; init; } = "";

    /// <summary><c>public</c>, <c>internal</c> or <c>admin</c> endpoints of the catalogue.</summary>
    public string Interface { get; init; } = "internal";

    /// <summary><c>auto</c>, <c>direct</c> or <c>assisted</c>, where a request does not say.</summary>
    public string Path { get; init; } = Auto;

    /// <summary>A nova-compute that was not seen for so many seconds is down (Nova's service_down_time).</summary>
    public int ServiceDownSeconds { get; init; } = 60;

    /// <summary>Nova's default_availability_zone.</summary>
    public string DefaultZone { get; init; } = "nova";

    /// <summary>Nova's instance_name_template, with the instance's id for <c>%08x</c>.</summary>
    public string InstanceNameTemplate { get; init; } = "instance-%08x";

    /// <summary>For definitions that are made of Nova's rows.</summary>
    public DefinitionOptions Definitions { get; init; } = new();
}
