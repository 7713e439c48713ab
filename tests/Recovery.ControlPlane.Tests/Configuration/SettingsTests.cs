using Microsoft.Extensions.Configuration;
using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Tests.Configuration;

/// <summary>Settings come from three places, and everything that is wrong with them is said at once.</summary>
public sealed class SettingsTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("recovery-settings-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string[], string[]> CommandLines => new()
    {
        { [], [] },
        { ["--urls", "http://127.0.0.1:8080", "--Recovery:Runner:MaxParallel=4"], [] },
        { ["--recovery:runner:maxparallel", "4"], [] },
        { ["--Recovery:Runner:MaxParallel", "65"], ["Recovery:Runner:MaxParallel is 65; it has to be from 1 to 64."] },
        { ["--Recovery:Runner:MaxParallel", "many"], ["Recovery:Runner:MaxParallel is \"many\"; it has to be a whole number."] },
        { ["--Recovery:Planner:MemoryOvercommit", "1,5"], ["Recovery:Planner:MemoryOvercommit is \"1,5\"; it has to be a number, with a point for decimals."] },
        { ["--Recovery:Planner:MemoryOvercommit", "NaN"], ["Recovery:Planner:MemoryOvercommit is NaN; it has to be from 0.1 to 100."] },
        { ["--Recovery:Runer:MaxParallel", "4"], ["Recovery:Runer is not known. Did you mean \"Runner\"? Known in Recovery: Database, Executors, Fencing, Inventory, OpenStack, Planner, Plans, Runner, Volumes."] },
        { ["--Recovery:Runner:MaxParalel", "4"], ["Recovery:Runner:MaxParalel is not known. Did you mean \"MaxParallel\"? Known in Recovery:Runner: LeaseSeconds, MaxParallel, MaxParallelPerBackend, MaxParallelPerTarget, Replica, StepSeconds."] },
        { ["--Recovery:Runner", "4"], ["Recovery:Runner is a single value; it has to be a section with LeaseSeconds, MaxParallel, MaxParallelPerBackend, MaxParallelPerTarget, Replica, StepSeconds."] },
        { ["--Recovery:Database:File:Name", "x"], ["Recovery:Database:File is a section or a list; it has to be a text."] },
        { ["--Recovery:Fencing:AgentDirectory", "/nowhere"], ["Recovery:Fencing:AgentDirectory is \"/nowhere\", and there is no such directory; the fence agents are in it. Create it or name another."] },
        { ["--Recovery:Database:File", "/"], ["Recovery:Database:File is \"/\", which is a directory. Name a file in it."] },
        { ["--Recovery:Database:Provider", "MySQL", "--Recovery:Database:ConnectionString", "Server=db;Database=recovery;User ID=recovery;Password=hunter2"], [] },
        { ["--Recovery:Database:Provider", "mysq"], ["Recovery:Database:Provider is \"mysq\"; it has to be sqlite or mysql. Did you mean \"mysql\"?"] },
        { ["--Recovery:Database:Provider", "mysql"], ["Recovery:Database:Provider is mysql, and nothing says where that is. Write Server=HOST;Port=3306;Database=recovery;User ID=recovery;Password=… into a file that only the control plane can read, and name it as Recovery:Database:ConnectionStringFile."] },
        { ["--Recovery:Database:Provider", "mysql", "--Recovery:Database:ConnectionString", "Password=hunter2;Port=1"], ["Recovery:Database:ConnectionString names no Server, no Database, no User ID. Write Server=HOST;Port=3306;Database=recovery;User ID=recovery;Password=…."] },
        { ["--Recovery:Database:Provider", "mysql", "--Recovery:Database:ConnectionString", "Server=db;Password=hunter;2=x"], ["Recovery:Database:ConnectionString is not a connection string of MySQL. Write Server=HOST;Port=3306;Database=recovery;User ID=recovery;Password=…; a value with a semicolon goes into double quotes."] },
        { ["--Recovery:Database:Provider", "mysql", "--Recovery:Database:ConnectionString", "x", "--Recovery:Database:ConnectionStringFile", "y"], ["Recovery:Database:ConnectionString and ConnectionStringFile are both set; leave one of them out."] },
        { ["--Recovery:Database:ConnectionString", "Server=db"], ["Recovery:Database:ConnectionString is set, but Recovery:Database:Provider is sqlite. Set Provider to mysql, or leave ConnectionString out."] },
        { ["--Recovery:Database:WaitSeconds", "-1"], ["Recovery:Database:WaitSeconds is -1; it has to be from 0 to 3600."] },
        { ["migrate", "--Recovery:Runner:MaxParallel", "4"], [] },
        { ["--Recovery:Runner:MaxParallel", "4", "migrate"], ["\"migrate\" is a command; it goes before all options."] },
        { ["--Recovery:Volumes:ChapFile", "/nowhere"], ["Recovery:Volumes:ChapFile is \"/nowhere\", and there is no such file. Create it, or leave the setting out."] },
        { ["--Recovery:Executors:KeyFile", "/nowhere"],
            ["Recovery:Executors:KeyFile is \"/nowhere\", and there is no such file. Create it, or leave the setting out.", "Recovery:Executors:CertificateFile and KeyFile belong together; one of them is missing."] },
        { ["--Recovery:Runner:Replica="], ["Recovery:Runner:Replica is empty; give this replica a name that no other has."] },
        { ["--url", "http://127.0.0.1:8080"], ["--url is not an option. Did you mean \"urls\"? --help lists them."] },
        { ["--Recovry:Runner:MaxParallel", "4"], ["--Recovry:Runner:MaxParallel is not an option. Did you mean \"Recovery\"? --help lists them."] },
        { ["--urls"], ["--urls has no value. Write --urls VALUE."] },
        { ["start"], ["\"start\" on the command line belongs to no option. Options are written --Name value or --Name=value; --help lists them."] },
        { ["--urls", "7070"], ["urls: \"7070\" is not an address to listen on. Write http://ADDRESS:PORT, as http://127.0.0.1:7070; several are separated by semicolons."] },
        { ["--Recovery:Runner:StepSeconds", "x", "--Recovery:Fencing:RetrySeconds", "0", "--what", "1"],
            ["--what is not an option. --help lists them.", "Recovery:Runner:StepSeconds is \"x\"; it has to be a whole number.", "Recovery:Fencing:RetrySeconds is 0; it has to be from 1 to 86400."] },
    };

    [Theory]
    [MemberData(nameof(CommandLines))]
    public void Everything_that_is_wrong_is_said_at_once(string[] commandLine, string[] faults)
    {
        Assert.Equal(faults, Read(commandLine).Faults);
    }

    public static TheoryData<string, string> Files => new()
    {
        { """{"Recovery":{"Runner":{"MaxParallel":3}}}""", "" },
        { """{"Recovry":{}}""", "\"Recovry\" is not known. Did you mean \"Recovery\"?" },
        { """{"Recovery":{"Runner":{"MaxParallel":"x","Max":1}}}""", "Recovery:Runner:MaxParallel is \"x\"" },
        { "{\n\"Recovery\":}", "is not JSON: line 2, byte 12" },
        { """{"Recovery":{},"Recovery":{}}""", "is not JSON" },
        { "[]", "is not a JSON object" },
    };

    [Theory]
    [MemberData(nameof(Files))]
    public void A_file_is_read_or_its_fault_is_named_with_its_place(string content, string expected)
    {
        var file = Write(content);

        var settings = Read("--config", file);

        if (expected.Length == 0)
        {
            Assert.Empty(settings.Faults);
            Assert.Equal(3, settings.Options.Runner.MaxParallel);
        }
        else
        {
            Assert.Contains(settings.Faults, fault => fault.Contains(expected, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_fault()
    {
        Assert.Contains("can't be read", Assert.Single(Read("--config", Path.Combine(folder, "no.json")).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void The_command_line_is_over_the_environment_and_that_over_the_file()
    {
        var file = Write("""{"Urls":"http://127.0.0.1:1","Recovery":{"Runner":{"MaxParallel":1,"StepSeconds":1,"LeaseSeconds":4}}}""");
        var environment = new Dictionary<string, string?>
        {
            ["Recovery:ConfigFile"] = file,
            ["Recovery:Runner:StepSeconds"] = "2",
            ["Recovery:Runner:MaxParallel"] = "2",
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:2",
            ["PATH"] = "/bin",
        };

        var settings = Settings.Read(
            ["--Recovery:Runner:MaxParallel", "3"],
            new ConfigurationBuilder().AddInMemoryCollection(environment).Build());

        Assert.Empty(settings.Faults);
        Assert.Equal((3, 2, 4), (settings.Options.Runner.MaxParallel, settings.Options.Runner.StepSeconds, settings.Options.Runner.LeaseSeconds));
        Assert.Equal("http://127.0.0.1:2", settings.Configuration["urls"]);
    }

    [Fact]
    public void A_file_with_a_connection_string_is_read_and_its_faults_named_without_what_is_in_it()
    {
        var file = Write("Server=db;Passwort=hunter2");
        string[] told = ["--Recovery:Database:Provider=mysql", $"--Recovery:Database:ConnectionStringFile={file}", "--Recovery:Database:ServerVersion=new"];

        var faults = Read(told).Faults;

        Assert.Equal(2, faults.Count);
        Assert.Contains("Recovery:Database:ServerVersion is \"new\"", faults[0], StringComparison.Ordinal);
        Assert.Contains("Recovery:Database:ConnectionStringFile is not a connection string of MySQL", faults[1], StringComparison.Ordinal);
        Assert.DoesNotContain(faults, fault => fault.Contains("hunter2", StringComparison.Ordinal));

        File.WriteAllText(file, "Server=db;Database=recovery;User ID=recovery;Password=hunter2\n");
        Assert.Empty(Read(told[..2]).Faults);
        Assert.DoesNotContain("hunter2", $"{Read(told[..2]).Options}", StringComparison.Ordinal);
        Assert.Contains("which can't be read", Assert.Single(Read(told[0], "--Recovery:Database:ConnectionStringFile=/nowhere").Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void A_misspelt_variable_of_the_environment_is_a_fault()
    {
        var environment = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?> { ["Recovery:Databse:File"] = "x" }).Build();

        Assert.Contains("Did you mean \"Database\"?", Assert.Single(Settings.Read([], environment).Faults), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_number_has_a_range_that_holds_its_default()
    {
        foreach (var (key, property, value) in OptionsReader.Keys(typeof(RecoveryOptions)))
        {
            if (property.PropertyType.IsValueType && property.PropertyType != typeof(bool))
            {
                Assert.True(OptionRules.Ranges.TryGetValue(key, out var range), $"{key} has no range.");
                Assert.InRange(Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture), range.Minimum, range.Maximum);
            }
        }

        Assert.All(OptionRules.Ranges.Keys, key => Assert.Contains(OptionsReader.Keys(typeof(RecoveryOptions)), option => option.Key == key));
    }

    [Fact]
    public void Help_names_every_option()
    {
        var help = Read("--help").Answer!;

        Assert.All(OptionsReader.Keys(typeof(RecoveryOptions)), option => Assert.Contains($"Recovery:{option.Key} ", help, StringComparison.Ordinal));
        Assert.Matches(@"\Arecovery-control-plane \d+\.\d+\.\d+\z", Read("--version").Answer!);
    }

    [Fact]
    public async Task Wrong_settings_end_the_program_with_2()
    {
        Assert.Equal(2, await Program.Main(["--Recovery:Runner:MaxParallel", "65"]));
    }

    private static Settings Read(params string[] commandLine) => Settings.Read(commandLine, new ConfigurationBuilder().Build());

    private string Write(string content)
    {
        var file = Path.Combine(folder, "recovery.json");
        File.WriteAllText(file, content);
        return file;
    }
}
