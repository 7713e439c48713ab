using Recovery.Executor.DomainXml;

namespace Recovery.Executor.Tests.DomainXml;

public class PolicyReaderTests
{
    [Fact]
    public void given_nothing_in_the_metadata_when_read_then_there_is_no_policy()
    {
        Assert.Null(Read(""));
        Assert.Null(Read("<nova:instance xmlns:nova='http://openstack.org/xmlns/libvirt/nova/1.1'><nova:policy priority='1'/></nova:instance>"));
    }

    // virsh metadata --set puts the root into the namespace, and its children into none.
    [Theory]
    [InlineData("<recovery:policy xmlns:recovery='urn:recovery:policy:1' ", "", "</recovery:policy>")]
    [InlineData("<policy xmlns='urn:recovery:policy:1' ", "", "</policy>")]
    [InlineData("<r:policy xmlns:r='urn:recovery:policy:1' ", "r:", "</r:policy>")]
    public void given_all_that_can_be_said_when_read_then_all_of_it_counts(string begin, string prefix, string end)
    {
        var policy = Read($"""
            {begin} priority='90' recover='no' class='appliance' zone='north' image='9f0c'>
              <{prefix}after instance='11111111-1111-4111-8111-11111111111A'/>
              <{prefix}group name='db' rule='anti-affinity' maximum-per-host='2'/><{prefix}group name='cell' rule='soft-affinity'/>
              <{prefix}aggregate name='fast'/><{prefix}aggregate name='dear'/>
              <{prefix}trait required='ssd'/><{prefix}trait forbidden='old'/>
            {end}
            """)!;
        Assert.Empty(policy.Faults);
        Assert.Equal((90u, true, "appliance", "north", "9f0c"), (policy.Priority, policy.OptOut, policy.Class, policy.Zone, policy.Image));
        Assert.Equal(["11111111-1111-4111-8111-11111111111a"], policy.After);
        Assert.Equal([new PolicyGroup("db", "anti-affinity", 2), new PolicyGroup("cell", "soft-affinity", 1)], policy.Groups);
        Assert.Equal(["fast", "dear"], policy.Aggregates);
        Assert.Equal(("ssd", "old"), (Assert.Single(policy.RequiredTraits), Assert.Single(policy.ForbiddenTraits)));
    }

    [Fact]
    public void given_an_empty_policy_when_read_then_nothing_is_said() =>
        Assert.Equal((null, false, "", 0), Policy("") is var said ? (said.Priority, said.OptOut, said.Zone, said.Faults.Count) : default);

    [Theory]
    [InlineData("priority='high'", "", "'high'")]
    [InlineData("priority='101'", "", "0 to 100")]
    [InlineData("priority='-1'", "", "'-1'")]
    [InlineData("recover='never'", "", "'never'")]
    [InlineData("prioritty='9'", "", "'prioritty'")]
    [InlineData("", "<after/>", "'instance'")]
    [InlineData("", "<after instance='web1'/>", "'web1'")]
    [InlineData("", "<group rule='affinity'/>", "'name'")]
    [InlineData("", "<group name='db' rule='apart'/>", "'apart'")]
    [InlineData("", "<group name='db'/>", "'db'")]
    [InlineData("", "<group name='db' rule='affinity' maximum='3'/>", "'maximum'")]
    [InlineData("", "<aggregate/>", "'name'")]
    [InlineData("", "<trait/>", "'required'")]
    [InlineData("", "<affinity/>", "'affinity'")]
    public void given_a_slip_when_read_then_it_is_named_and_the_rest_counts(string attribute, string child, string named)
    {
        var policy = Policy($"zone='north' {attribute}", $"{child}<trait required='ssd'/>");
        Assert.Contains(named, Assert.Single(policy.Faults), StringComparison.Ordinal);
        Assert.Equal(("north", "ssd"), (policy.Zone, Assert.Single(policy.RequiredTraits)));
        Assert.Null(policy.Priority);
        Assert.False(policy.OptOut);
        Assert.All(policy.Groups, group => Assert.Equal("db", group.Name));
    }

    [Fact]
    public void given_a_group_with_an_unreadable_maximum_when_read_then_one_per_host_is_the_careful_reading()
    {
        var policy = Policy("", "<group name='db' rule='anti-affinity' maximum-per-host='0'/>");
        Assert.Equal([new PolicyGroup("db", "anti-affinity", 1)], policy.Groups);
        Assert.Single(policy.Faults);
    }

    [Fact]
    public void given_another_root_in_our_namespace_or_two_policies_when_read_then_it_is_said()
    {
        Assert.Contains("'polcy'", Assert.Single(Read("<r:polcy xmlns:r='urn:recovery:policy:1' priority='9'/>")!.Faults), StringComparison.Ordinal);
        var two = Read("<r:policy xmlns:r='urn:recovery:policy:1' priority='9'/><r:policy xmlns:r='urn:recovery:policy:1' priority='8'/>")!;
        Assert.Equal((9u, 1), (two.Priority, two.Faults.Count));
    }

    private static DomainPolicy Policy(string attributes, string children = "") =>
        Read($"<recovery:policy xmlns:recovery='urn:recovery:policy:1' {attributes}>{children}</recovery:policy>")!;

    private static DomainPolicy? Read(string metadata) => PolicyReader.Read(
        $"<domain type='kvm'><name>a</name><uuid>0b4cbb4c-6df1-4d11-9f0c-6f8b6b5a0001</uuid><metadata>{metadata}</metadata><memory>1</memory></domain>");
}
