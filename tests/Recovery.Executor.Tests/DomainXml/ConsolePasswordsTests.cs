using Recovery.Executor.DomainXml.Reading;
using Recovery.Executor.Libvirt;
using Recovery.Executor.Watching;

namespace Recovery.Executor.Tests.DomainXml;

public class ConsolePasswordsTests
{
    private const string WithConsole = """
        <domain type='test'><name>locked</name><uuid>0c0c0c0c-1111-4222-8333-444444444444</uuid><memory>1024</memory>
          <os><type>hvm</type></os>
          <devices><graphics type='vnc' port='-1' autoport='yes' passwd='s3cret' passwdValidTo='2030-01-01T00:00:00'/></devices></domain>
        """;

    [Fact]
    public void A_password_becomes_empty_and_with_it_the_console_stays_locked()
    {
        var emptied = ConsolePasswords.Empty(WithConsole);

        Assert.Contains("<graphics type='vnc' port='-1' autoport='yes' passwd=''/>", emptied);
        Assert.Equal(["graphics vnc"], ConsolePasswords.Locked(emptied));
    }

    [Fact]
    public void A_console_without_a_password_stays_as_it_is()
    {
        var open = WithConsole.Replace(" passwd='s3cret' passwdValidTo='2030-01-01T00:00:00'", "", StringComparison.Ordinal);

        Assert.Equal(open, ConsolePasswords.Empty(open));
        Assert.Empty(ConsolePasswords.Locked(open));
    }

    [Fact]
    public void What_is_reported_of_a_domain_has_its_lock_and_not_its_password()
    {
        using var connection = LibvirtConnection.Open("test:///default", _ => { });
        using var domain = LibvirtDomain.Define(connection, WithConsole);

        var sight = DomainReports.Look(domain);

        Assert.Contains("passwd=''", sight.InactiveXml);
        Assert.DoesNotContain("s3cret", sight.InactiveXml);
        Assert.Contains("s3cret", domain.InactiveXmlWithPasswords());
    }
}
