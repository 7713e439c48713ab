using Recovery.ControlPlane.Inventory.Reports;
using Recovery.ControlPlane.Persistence.Rows;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.Api;

/// <summary>What the planner goes by can be looked at.</summary>
public sealed class FactTests : IAsyncLifetime
{
    private RunningControlPlane plane = null!;

    public async ValueTask InitializeAsync() => plane = await RunningControlPlane.StartAsync();

    public ValueTask DisposeAsync() => plane.DisposeAsync();

    [Fact]
    public async Task A_host_shows_what_it_offers_and_what_it_answered()
    {
        var now = plane.Time.GetUtcNow();
        var host = Rows.Host("node1", now);
        host.Abilities = new ReportedAbilities { DomainTypes = ["kvm"], MachineTypes = ["pc", "q35"], Bridges = ["br0"] };
        host.Survey = new SurveyAnswers
        {
            At = now,
            Backends = new Dictionary<string, BackendReach> { ["iscsi 10.0.0.5:3260"] = new(false, "refused") },
        };
        await plane.SeedAsync(database => database.Hosts.AddRange(host, Rows.Host("node2", now)));

        var abilities = (await plane.GetAsync("/v1/hosts/node1")).Json.GetProperty("abilities");

        Assert.Equal(2, abilities.GetProperty("machineTypes").GetInt32());
        Assert.Equal("br0", abilities.GetProperty("bridges")[0].GetString());
        Assert.False(abilities.TryGetProperty("networks", out _));
        Assert.Equal("refused", abilities.GetProperty("survey").GetProperty("backends").GetProperty("iscsi 10.0.0.5:3260").GetProperty("reason").GetString());
        Assert.False((await plane.GetAsync("/v1/hosts/node2")).Json.GetProperty("abilities").TryGetProperty("survey", out _));
    }

    [Theory]
    [InlineData("/v1/instances")]
    [InlineData("/v1/instances/11111111-1111-4111-8111-111111111111")]
    public async Task An_instance_shows_what_it_asks_of_its_host_and_what_its_owner_wants_with_every_slip(string path)
    {
        var now = plane.Time.GetUtcNow();
        var domain = Rows.Domain("node1", Rows.Web1, "web1", now);
        domain.CpuXml = "<cpu mode='host-model'/>";
        domain.Requirements = new HostRequirements { DomainType = "kvm", Bridges = ["br0"] };
        domain.Policy = new InstancePolicy { Priority = 90, OptOut = true, Ready = new ReadinessGate(ReadinessProbe.Tcp, "10.0.0.5:22"), Groups = [new InstanceGroup("db", GroupRule.SoftAntiAffinity)] };
        domain.PolicyFaults = ["a slip"];
        await plane.SeedAsync(database =>
        {
            database.Hosts.Add(Rows.Host("node1", now));
            database.Domains.Add(domain);
            database.Instances.Add(new InstanceRow { Id = Rows.Web1, Host = "node1", Since = now });
        });

        var answer = (await plane.GetAsync(path)).Json;
        var instance = answer.TryGetProperty("items", out var items) ? items[0] : answer;

        Assert.Equal(
            (new CpuQuestion(domain.CpuXml, "kvm", "", "", "").Id, "br0"),
            (instance.GetProperty("requirements").GetProperty("cpu").GetString(), instance.GetProperty("requirements").GetProperty("bridges")[0].GetString()));
        var policy = instance.GetProperty("policy");
        Assert.Equal((90, false), (policy.GetProperty("priority").GetInt32(), policy.GetProperty("recover").GetBoolean()));
        Assert.Equal("softAntiAffinity", policy.GetProperty("groups")[0].GetProperty("rule").GetString());
        var ready = policy.GetProperty("ready");
        Assert.Equal(("tcp", "10.0.0.5:22", 300), (ready.GetProperty("probe").GetString(), ready.GetProperty("address").GetString(), ready.GetProperty("withinSeconds").GetInt32()));
        Assert.False(ready.TryGetProperty("status", out _));
        Assert.Equal("a slip", policy.GetProperty("faults")[0].GetString());
    }
}
