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
              <{prefix}ready http='http://10.0.0.5/health' status='204' within-seconds='60'/>
            {end}
            """)!;
        Assert.Empty(policy.Faults);
        Assert.Equal((90u, true, "appliance", "north", "9f0c"), (policy.Priority, policy.OptOut, policy.Class, policy.Zone, policy.Image));
        Assert.Equal(["11111111-1111-4111-8111-11111111111a"], policy.After);
        Assert.Equal([new PolicyGroup("db", "anti-affinity", 2), new PolicyGroup("cell", "soft-affinity", 1)], policy.Groups);
        Assert.Equal(["fast", "dear"], policy.Aggregates);
        Assert.Equal(new ReadinessGate(Http: "http://10.0.0.5/health", Status: 204, WithinSeconds: 60), policy.Ready);
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

    [Theory]
    [InlineData("agent='yes'")]
    [InlineData("agent='yes' within-seconds='86400'", 86400)]
    [InlineData("tcp='10.0.0.5:22'")]
    [InlineData("tcp='[2001:db8::5]:5432'")]
    [InlineData("tcp=' db.example.org:5432 ' agent='no' within-seconds='1'", 1)]
    [InlineData("http='http://10.0.0.5/health'")]
    [InlineData("http='https://db.example.org:8443/health?deep=1'")]
    public void given_somebody_to_ask_when_read_then_the_gate_counts_with_what_is_ordinary(string ready, int within = 300)
    {
        var policy = Policy("", $"<ready {ready}/>");
        Assert.Empty(policy.Faults);
        Assert.Equal(((uint)within, 1), (policy.Ready!.WithinSeconds, Asked(policy.Ready)));
        Assert.Equal(policy.Ready.Http is null ? 0u : 200u, policy.Ready.Status);
    }

    // The second column: whether somebody is asked all the same.
    [Theory]
    [InlineData("<ready/>", false, "nobody to ask")]
    [InlineData("<ready agent='no'/>", false, "nobody to ask")]
    [InlineData("<ready agent='true'/>", false, "'true'")]
    [InlineData("<ready tcp='10.0.0.5'/>", false, "'10.0.0.5'")]
    [InlineData("<ready tcp='10.0.0.5:0'/>", false, "'10.0.0.5:0'")]
    [InlineData("<ready tcp='10.0.0.5:99999'/>", false, "'10.0.0.5:99999'")]
    [InlineData("<ready tcp='10.0.0.5:22/ssh'/>", false, "'10.0.0.5:22/ssh'")]
    [InlineData("<ready tcp='root@10.0.0.5:22'/>", false, "'root@10.0.0.5:22'")]
    [InlineData("<ready tcp=''/>", false, "''")]
    [InlineData("<ready http='10.0.0.5/health'/>", false, "'10.0.0.5/health'")]
    [InlineData("<ready http='ftp://10.0.0.5/health'/>", false, "'ftp://10.0.0.5/health'")]
    [InlineData("<ready http='http://ada:secret@10.0.0.5/'/>", false, "'…@10.0.0.5/'")]
    [InlineData("<ready http='http://10.0.0.5/' status='ok'/>", true, "'ok'")]
    [InlineData("<ready http='http://10.0.0.5/' status='600'/>", true, "'600'")]
    [InlineData("<ready tcp='10.0.0.5:22' status='200'/>", true, "only beside http")]
    [InlineData("<ready agent='yes' within-seconds='0'/>", true, "'0'")]
    [InlineData("<ready agent='yes' within-seconds='2 min'/>", true, "'2 min'")]
    [InlineData("<ready agent='yes' within='9'/>", true, "'within'")]
    [InlineData("<ready agent='yes' tcp='10.0.0.5:22'/>", true, "more than one")]
    [InlineData("<ready agent='yes'/><ready tcp='10.0.0.5:22'/>", true, "2 'ready'")]
    public void given_a_slip_in_ready_when_read_then_it_is_named_and_what_can_be_asked_is(string ready, bool isAsked, string named)
    {
        var policy = Policy("zone='north'", ready);
        var fault = Assert.Single(policy.Faults);
        Assert.Contains(named, fault, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", fault, StringComparison.Ordinal);
        Assert.Equal(("north", isAsked ? 1 : 0), (policy.Zone, policy.Ready is { } gate ? Asked(gate) : 0));
    }

    private static int Asked(ReadinessGate gate) => (gate.Agent ? 1 : 0) + (gate.Tcp is null ? 0 : 1) + (gate.Http is null ? 0 : 1);

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
