using Microsoft.Extensions.Configuration;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Tests.Configuration;

/// <summary>Settings of a cloud: what is wrong with them is said at start, all of it, and no secret is repeated.</summary>
public sealed class OpenStackSettingsTests : IDisposable
{
    private const string Cloud = "Recovery:OpenStack:";
    private readonly string file = Path.GetTempFileName();

    public void Dispose() => File.Delete(file);

    // FILE is a file that is there.
    public static TheoryData<string[], string[]> Told => new()
    {
        { ["ReaderConnectionStringFile=FILE"], [] },
        { ["ReaderConnectionStringFile=FILE", "WriterConnectionStringFile=FILE", "IdentityUrl=https://keystone:5000/v3", "Username=recovery", "Project=service", "PasswordFile=FILE", "AuthorityFile=FILE", "Region=one", "Interface=public", "Path=assisted", "ServiceDownSeconds=120"], [] },
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=http://keystone/identity/v3", "ApplicationCredentialId=21dced0f", "ApplicationCredentialSecretFile=FILE"], [] },
        { ["ReaderConnectionStringFile=FILE", "Cells:cell1=Server=db1;Port=3307;Database=nova_cell1", "Cells:cell2=Database=nova_cell2"], [] },

        // The databases.
        { [], ["Recovery:OpenStack:ReaderConnectionStringFile is missing, and without it nothing says where the cloud's databases are. Write Server=HOST;Port=3306;User ID=recovery_reader;Password=… into a file that only the control plane can read, and name it there."] },
        { ["ReaderConnectionStringFile=/nowhere", "WriterConnectionStringFile=/nowhere"],
            ["Recovery:OpenStack:ReaderConnectionStringFile is \"/nowhere\", and there is no such file. Create it, with Server=HOST;Port=3306;User ID=recovery_reader;Password=… in it.", "Recovery:OpenStack:WriterConnectionStringFile is \"/nowhere\", and there is no such file. Create it, or leave the setting out."] },
        { ["ReaderConnectionStringFile=FILE", "CinderDatabase="], ["Recovery:OpenStack:CinderDatabase is empty; it has to be that database's name, or left out where it has its usual one."] },
        { ["ReaderConnectionStringFile=FILE", "Cells:cell1=Server=db;Database=nova;User ID=nova;Password=hunter2"],
            ["Recovery:OpenStack:Cells:cell1 names a user or a password; both are those of the connection strings' files. Write Server=HOST;Port=3306;Database=nova."] },
        { ["ReaderConnectionStringFile=FILE", "Cells:cell1=Server=db"], ["Recovery:OpenStack:Cells:cell1 names no Database. Write Server=HOST;Port=3306;Database=nova."] },
        { ["ReaderConnectionStringFile=FILE", "Cells:cell1=mysql+pymysql://nova:hunter2@db/nova?x=1"], ["Recovery:OpenStack:Cells:cell1 is not a connection string of MySQL. Write Server=HOST;Port=3306;Database=nova."] },
        { ["ReaderConnectionStringFile=FILE", "Cells=cell1"], ["Recovery:OpenStack:Cells is a single value; it has to be a section with a text for each name."] },
        { ["ReaderConnectionStringFile=FILE", "Cells:cell1:Database=nova"], ["Recovery:OpenStack:Cells:cell1 is a section or a list; it has to be a text."] },

        { ["ReaderConnectionStringFile=FILE", "Definitions:CpuMode=custom"],
            ["Recovery:OpenStack:Definitions:CpuMode is custom, and CpuModel is empty. Set CpuModel to the first of nova.conf's cpu_models."] },
        { ["ReaderConnectionStringFile=FILE", "Definitions:CpuMode=host-passthru"],
            ["Recovery:OpenStack:Definitions:CpuMode is \"host-passthru\"; it has to be none, host-model, host-passthrough or custom. Did you mean \"host-passthrough\"?"] },

        // The APIs.
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=keystone:5000", "Username=recovery", "Project=service", "PasswordFile=FILE"],
            ["Recovery:OpenStack:IdentityUrl is \"keystone:5000\"; it has to be Keystone's address, as https://keystone:5000/v3."] },
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=https://keystone:5000/v3"],
            ["Recovery:OpenStack:IdentityUrl is set, and nothing says as whom to log in there. Set Username, Project, PasswordFile, or ApplicationCredentialId, ApplicationCredentialSecretFile."] },
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=https://keystone:5000/v3", "Username=recovery"],
            ["Recovery:OpenStack:Project, PasswordFile are missing; Username, Project, PasswordFile belong together."] },
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=https://keystone:5000/v3", "ApplicationCredentialSecretFile=FILE"],
            ["Recovery:OpenStack:ApplicationCredentialId is missing; ApplicationCredentialId, ApplicationCredentialSecretFile belong together."] },
        { ["ReaderConnectionStringFile=FILE", "IdentityUrl=https://keystone:5000/v3", "Username=recovery", "ApplicationCredentialId=21dced0f"],
            ["Recovery:OpenStack:Username, ApplicationCredentialId belong to two ways to log in. Keep Username, Project, PasswordFile, or ApplicationCredentialId, ApplicationCredentialSecretFile."] },
        { ["ReaderConnectionStringFile=FILE", "Username=recovery", "PasswordFile=/nowhere"],
            ["Recovery:OpenStack:PasswordFile is \"/nowhere\", and there is no such file. Create it, or leave the setting out.", "Recovery:OpenStack:Username, PasswordFile without IdentityUrl logs in nowhere. Set IdentityUrl to Keystone's address, as https://keystone:5000/v3, or leave these out: no API is asked then."] },
        { ["ReaderConnectionStringFile=FILE", "AuthorityFile=/nowhere"], ["Recovery:OpenStack:AuthorityFile is \"/nowhere\", and there is no such file. Create it, or leave the setting out."] },
        { ["ReaderConnectionStringFile=FILE", "Path=assisted"], ["Recovery:OpenStack:Path is assisted, which has Nova start the guests, and IdentityUrl is empty. Set IdentityUrl to Keystone's address, or Path to auto or direct."] },

        // Everything at once.
        { ["Path=asisted", "Interface=Public", "ServiceDownSeconds=1", "Cell=x"],
            [
                "Recovery:OpenStack:Cell is not known. Did you mean \"Cells\"?",
                "Recovery:OpenStack:ServiceDownSeconds is 1; it has to be from 10 to 3600.",
                "Recovery:OpenStack:Interface is \"Public\"; it has to be public, internal or admin. Did you mean \"public\"?",
                "Recovery:OpenStack:Path is \"asisted\"; it has to be auto, direct or assisted. Did you mean \"assisted\"?",
                "Recovery:OpenStack:ReaderConnectionStringFile is missing",
            ] },
    };

    [Theory]
    [MemberData(nameof(Told))]
    public void Everything_that_is_wrong_is_said_at_once(string[] settings, string[] faults)
    {
        var read = Read([("Recovery:Inventory", "nova"), .. settings.Select(Pair)]);

        Assert.Equal(faults.Length, read.Faults.Count);
        Assert.All(faults.Zip(read.Faults), pair => Assert.StartsWith(pair.First, pair.Second, StringComparison.Ordinal));
        Assert.DoesNotContain(read.Faults, fault => fault.Contains("hunter2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Nova", "Recovery:Inventory is \"Nova\"; it has to be libvirt or nova. Did you mean \"nova\"?")]
    [InlineData("openstack", "Recovery:Inventory is \"openstack\"; it has to be libvirt or nova.")]
    [InlineData("", "Recovery:Inventory is \"\"; it has to be libvirt or nova.")]
    public void An_inventory_that_there_is_not_is_a_fault_with_the_nearest(string inventory, string fault)
    {
        Assert.Equal(fault, Assert.Single(Read([("Recovery:Inventory", inventory), (Cloud + "Username", "recovery")]).Faults));
    }

    [Theory]
    [InlineData("Username", "Recovery:OpenStack:Username has no effect while Recovery:Inventory is libvirt. Set Inventory to nova, or leave Recovery:OpenStack out.")]
    [InlineData("Username Cells:cell1", "Recovery:OpenStack:Cells:cell1, Username have no effect while Recovery:Inventory is libvirt. Set Inventory to nova, or leave Recovery:OpenStack out.")]
    public void Settings_of_a_cloud_without_one_are_not_passed_over_in_silence(string keys, string fault)
    {
        var settings = keys.Split(' ').Select(key => (Cloud + key, (string?)"x")).ToArray();

        Assert.Equal(fault, Assert.Single(Read(settings).Faults));
        Assert.Empty(Read([.. settings.Select(setting => (setting.Item1, (string?)""))]).Faults);
    }

    [Fact]
    public void Cells_are_read_by_name_from_wherever_they_are_written()
    {
        var options = Read([Pair("ReaderConnectionStringFile=FILE"), ("Recovery:Inventory", "nova"), (Cloud + "Cells:Cell1", "Database=a"), (Cloud + "Cells:cell2", "Database=b")]).Options;

        Assert.Equal(["Cell1 Database=a", "cell2 Database=b"], options.OpenStack.Cells.Select(cell => $"{cell.Key} {cell.Value}").Order(StringComparer.Ordinal));
        Assert.Equal("Database=a", options.OpenStack.Cells["cell1"]);
    }

    [Fact]
    public void Help_says_which_words_there_are_and_how_cells_are_named()
    {
        var help = Settings.Read(["--help"], new ConfigurationBuilder().Build()).Answer!;

        Assert.Matches(@"Recovery:Inventory +default libvirt, of libvirt, nova\n", help.ReplaceLineEndings("\n"));
        Assert.Matches(@"Recovery:OpenStack:Cells:NAME +default none\n", help.ReplaceLineEndings("\n"));
        Assert.Matches(@"Recovery:OpenStack:ServiceDownSeconds +default 60, 10 to 3600\n", help.ReplaceLineEndings("\n"));
    }

    private (string Key, string? Value) Pair(string setting)
    {
        var equals = setting.IndexOf('=', StringComparison.Ordinal);
        return (Cloud + setting[..equals], setting[(equals + 1)..].Replace("FILE", file, StringComparison.Ordinal));
    }

    private static Settings Read((string Key, string? Value)[] settings) => Settings.Read(
        [], new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(setting => setting.Key, setting => setting.Value)).Build());
}
