using Microsoft.Extensions.Configuration;
using Recovery.Executor.Configuration;

namespace Recovery.Executor.Tests.Configuration;

public sealed class SettingsReaderTests
{
    [Fact]
    public void Nothing_given_listens_on_loopback_and_asks_the_system_libvirt()
    {
        var settings = SettingsReader.Read(From([]), out var faults);
        Assert.Empty(faults);
        Assert.Equal(("127.0.0.1:7071", "qemu:///system"), (settings!.Listen.ToString(), settings.LibvirtUri));
    }

    [Fact]
    public void All_faults_are_named_at_once()
    {
        var settings = SettingsReader.Read(From(new()
        {
            ["Executor:Host"] = "bad host",
            ["Executor:Listen"] = "nowhere",
            ["Executor:StateDirectory"] = "relative",
            ["Executor:GuestListenAddress"] = "x",
            ["Executor:Storages:0"] = "pool",
            ["Executor:Storage"] = "typo",
        }), out var faults);
        Assert.Null(settings);
        Assert.Equal(6, faults.Count);
    }

    [Theory]
    [InlineData("0.0.0.0:7071")]
    [InlineData("10.0.0.11:7071")]
    [InlineData("[::]:7071")]
    public void Plaintext_beyond_loopback_is_refused_with_the_reason_unless_allowed(string listen)
    {
        Assert.Null(SettingsReader.Read(From(new() { ["Executor:Listen"] = listen }), out var faults));
        Assert.Contains("CHAP passwords", Assert.Single(faults), StringComparison.Ordinal);
        Assert.NotNull(SettingsReader.Read(From(new() { ["Executor:Listen"] = listen, ["Executor:AllowPlaintext"] = "true" }), out _));
    }

    [Fact]
    public void Half_a_TLS_configuration_is_a_fault_for_each_missing_half_and_never_plaintext()
    {
        Assert.Null(SettingsReader.Read(From(new() { ["Executor:Tls:Key"] = "/nonexistent/key.pem", ["Executor:Listen"] = "10.0.0.1:1" }), out var faults));
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void A_storage_named_twice_is_a_fault_also_with_a_slash_behind()
    {
        Assert.Null(SettingsReader.Read(From(new() { ["Executor:Storages:0"] = "/srv/pool", ["Executor:Storages:1"] = "/srv/pool/" }), out var faults));
        Assert.Contains("2 times", Assert.Single(faults), StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_command_line_can_not_mean_is_a_fault()
    {
        var faults = new List<string>();
        CommandLine.Configure(["--bar", "--Executor:Host=n1", "--config", "/nonexistent.json", "--Executor:Listen"], faults);
        Assert.Equal(3, faults.Count);
    }

    [Fact]
    public void The_command_line_wins_over_the_file()
    {
        using var directory = new TemporaryDirectory();
        File.WriteAllText(directory["x.json"], """{"Executor":{"Host":"from-file","Storages":["/srv/a"]}}""");
        var faults = new List<string>();
        var settings = SettingsReader.Read(CommandLine.Configure(["--config", directory["x.json"], "--Executor:Host=from-line"], faults), out var more);
        Assert.Empty(faults.Concat(more));
        Assert.Equal("from-line", settings!.Host);
        Assert.Equal(["/srv/a"], settings.Storages);
    }

    private static IConfiguration From(Dictionary<string, string?> values) => new ConfigurationBuilder().AddInMemoryCollection(values).Build();
}
