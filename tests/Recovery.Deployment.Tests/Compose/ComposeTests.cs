using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Recovery.ControlPlane.Configuration;
using Recovery.Deployment.Tests.Charts;
using Recovery.Executor.Configuration;
using CommandLine = Recovery.Executor.Configuration.CommandLine;

namespace Recovery.Deployment.Tests.Compose;

public sealed partial class ComposeTests : IDisposable
{
    private static readonly string[] Ours = ["migration", "control-plane", "executor"];

    private readonly JsonObject file = ComposeFile.Read(("RECOVERY_ADDRESS", "10.0.0.17"), ("RECOVERY_HOST", "node7"));
    private readonly string root = Directory.CreateTempSubdirectory("recovery-compose-").FullName;

    public static TheoryData<string> Containers => [.. Ours];

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void What_serves_has_a_health_check_and_is_started_again()
    {
        foreach (var (name, service) in file.Services().Where(service => service.Key != "migration"))
        {
            Assert.True(service!["healthcheck"]!["test"]!.AsArray().Count > 1, name);
            Assert.Equal("unless-stopped", (string?)service["restart"]);
            Assert.NotNull(service["mem_limit"]);
        }
    }

    [Fact]
    public void The_control_plane_waits_for_a_migrated_database()
    {
        var waits = file.Services()["control-plane"]!["depends_on"]!;

        Assert.Equal("service_healthy", (string?)waits["database"]!["condition"]);
        Assert.Equal("service_completed_successfully", (string?)waits["migration"]!["condition"]);
        Assert.Equal("service_healthy", (string?)file.Services()["migration"]!["depends_on"]!["database"]!["condition"]);
        Assert.Equal(["migrate"], file.Services()["migration"]!["command"].Texts());
    }

    [Fact]
    public void Secrets_are_files_that_git_and_images_leave_out()
    {
        foreach (var (name, secret) in file["secrets"]!.AsObject())
        {
            Assert.Equal($"./secrets/{name}", (string?)secret!["file"]);
        }

        Assert.Contains("/secrets/", Repository.Read(".gitignore").Split('\n'));
        Assert.DoesNotContain("!secrets", Repository.Read(".dockerignore").Split('\n'));
        foreach (var (name, service) in file.Services())
        {
            Assert.All(service!["secrets"].Texts(), secret => Assert.True(file["secrets"]!.AsObject().ContainsKey(secret), secret));
            foreach (var (variable, value) in service["environment"]?.AsObject() ?? [])
            {
                Assert.True(!IsSecret(variable) || value!.GetValue<string>().StartsWith("/run/secrets/", StringComparison.Ordinal),
                    $"{name}: {variable} has to be the path of a file below /run/secrets");
            }
        }
    }

    [Theory, MemberData(nameof(Containers))]
    public void A_container_can_do_no_more_than_it_must(string name)
    {
        var service = file.Services()[name]!;

        Assert.Equal(["ALL"], service["cap_drop"].Texts());
        Assert.Equal(["no-new-privileges:true"], service["security_opt"].Texts());
        Assert.True((bool?)service["read_only"]);
        Assert.Null(service["privileged"]);
        Assert.Equal(name == "executor" ? ["DAC_READ_SEARCH"] : Array.Empty<string>(), service["cap_add"].Texts());
        Assert.Equal(name == "executor" ? "0:0" : "10070:10070", (string?)service["user"]);
    }

    [Fact]
    public void Nobody_reaches_the_database_from_outside_and_the_api_only_from_this_machine()
    {
        Assert.Null(file.Services()["database"]!["ports"]);
        Assert.Equal(["database"], file.Services()["database"]!["networks"].Texts());
        Assert.True((bool?)file["networks"]!["database"]!["internal"]);
        Assert.Equal(["127.0.0.1:7070:7070"], file.Services()["control-plane"]!["ports"].Texts());
    }

    [Theory, InlineData("migration"), InlineData("control-plane")]
    public void The_control_plane_understands_its_settings_and_finds_every_file(string name)
    {
        var settings = SettingsOf(file.Services()[name]!);

        Assert.True(settings.Faults.Count == 0, string.Join("\n", settings.Faults));
    }

    [Fact]
    public void What_the_documentation_adds_for_a_cloud_is_understood_too()
    {
        var service = file.Services()["control-plane"]!;
        var added = ValuesTests.Json(CloudOverride().Match(Repository.Read("docs/deployment.md")).Groups[1].Value);
        foreach (var (name, value) in added.Services()["control-plane"]!["environment"]!.AsObject())
        {
            service["environment"]![name] = value!.DeepClone();
        }

        foreach (var secret in added.Services()["control-plane"]!["secrets"].Texts())
        {
            Assert.Equal($"./secrets/{secret}", (string?)added["secrets"]![secret]!["file"]);
            service["secrets"]!.AsArray().Add(secret);
        }

        var settings = SettingsOf(service);

        Assert.True(settings.Faults.Count == 0, string.Join("\n", settings.Faults));
        Assert.Equal(RecoveryOptions.Nova, settings.Options.Inventory);
    }

    [Fact]
    public void The_executor_understands_its_settings_and_finds_every_file()
    {
        var faults = new List<string>();
        var arguments = Mounted(file.Services()["executor"]!)
            .Select(pair => $"--{pair.Key.Replace("__", ":", StringComparison.Ordinal)}={pair.Value}");

        var settings = SettingsReader.Read(CommandLine.Configure([.. arguments], faults), out var settingFaults);

        Assert.True(faults.Count + settingFaults.Count == 0, string.Join("\n", faults.Concat(settingFaults)));
        Assert.Equal("10.0.0.17:7071", settings!.Listen.ToString());
    }

    [Fact]
    public void What_the_executor_remembers_is_the_hosts_own_and_disks_are_only_looked_at()
    {
        var volumes = file.Services()["executor"]!["volumes"]!.AsArray();

        foreach (var path in new[] { "/var/lib/recovery-executor", "/run/recovery-executor", "/run/libvirt", "/srv/vms", "/usr/share" })
        {
            var volume = volumes.Single(each => (string?)each!["target"] == path)!;
            Assert.Equal(path, (string?)volume["source"]);
            Assert.Equal(path is "/srv/vms" or "/usr/share", (bool?)volume["read_only"] ?? false);
        }
    }

    private Settings SettingsOf(JsonNode service)
    {
        var environment = Mounted(service).ToDictionary(pair => pair.Key.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
        return Settings.Read(service["command"].Texts(), new ConfigurationBuilder().AddInMemoryCollection(environment).Build());
    }

    [GeneratedRegex("```yaml\n(services:\n.*?)```", RegexOptions.Singleline)]
    private static partial Regex CloudOverride();

    private static bool IsSecret(string variable) =>
        new[] { "password", "connectionstring", "key", "chapfile" }.Any(word => variable.Contains(word, StringComparison.OrdinalIgnoreCase));

    // The service's environment, with the files that it mounts laid out below root.
    private Dictionary<string, string> Mounted(JsonNode service)
    {
        foreach (var secret in service["secrets"].Texts())
        {
            Directory.CreateDirectory($"{root}/run/secrets");
            File.WriteAllText($"{root}/run/secrets/{secret}",
                secret == "database-connection" ? "Server=database;Database=recovery;User ID=recovery;Password=secret" : "[]");
        }

        foreach (var target in service["volumes"]?.AsArray().Select(volume => (string?)volume!["target"]) ?? [])
        {
            Directory.CreateDirectory(root + target);
        }

        return service["environment"]!.AsObject().ToDictionary(
            pair => pair.Key,
            pair => pair.Value!.ToString() is var value && value.StartsWith('/') ? root + value : value);
    }
}
