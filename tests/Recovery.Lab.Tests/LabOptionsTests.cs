namespace Recovery.Labs.Tests;

public class LabOptionsTests
{
    [Fact]
    public void every_fault_is_named_at_once()
    {
        var options = new LabOptions
        {
            Name = "Not a name",
            Subnet = 300,
            Hosts = 41,
            ExecutorBinary = "/nowhere/recovery-executor",
            Storages =
            [
                new("one") { SeenBy = new Dictionary<string, string> { ["node99"] = "/srv/one", ["node1"] = "/etc" } },
                new("one"),
            ],
        };
        var fault = Assert.Throws<LabException>(() => options.Validated());
        foreach (var part in new[] { "Not a name", "300", "41 hosts", "/nowhere/recovery-executor", "node99", "/etc", "two storages are called \"one\"" })
            Assert.Contains(part, fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shared", "/srv/shared", "/srv/shared")]
    [InlineData("fast=node1", "/srv/fast", null)]
    [InlineData("fast=node2:/mnt/here,node1", "/srv/fast", "/mnt/here")]
    public void a_storage_on_the_command_line_says_who_sees_it_where(string text, string? node1, string? node2)
    {
        var storage = LabCommands.ParseStorage(text);
        Assert.Equal((node1, node2), (storage.PathOn("node1"), storage.PathOn("node2")));
    }

    [Fact]
    public void given_defaults_then_they_are_valid() => new LabOptions().Validated();
}
