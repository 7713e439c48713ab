using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Recovery.EndToEnd.Tests;
using Recovery.Labs;

[assembly: AssemblyFixture(typeof(Recovery.OpenStack.Tests.Cloud))]
[assembly: CollectionBehavior(CollectionBehavior.CollectionPerAssembly)]

namespace Recovery.OpenStack.Tests;

/// <summary>
/// A real OpenStack on a lab's three hosts (tests/Lab/OpenStack/cloud), with the published executor on each, and the published
/// control plane beside it. One that is up already, as after `cloud lab; cloud up`, is used and left up.
/// </summary>
public sealed class Cloud : IAsyncLifetime
{
    private const string Name = "openstack";
    private const string State = "/var/lib/recovery-openstack";
    private const string Instances = "/var/lib/nova/instances";
    private static readonly int Subnet =
        int.Parse(Environment.GetEnvironmentVariable("RECOVERY_OPENSTACK_SUBNET") ?? "86", CultureInfo.InvariantCulture);

    private Lab? lab;
    private LabControlPlane? controlPlane;
    private OpenStackApi? api;
    private bool takesDown;

    public Lab Lab => lab!;

    public LabControlPlane ControlPlane => controlPlane!;

    internal OpenStackApi Api => api!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        takesDown = !File.Exists($"{State}/openrc");
        try
        {
            lab = takesDown ? await Lab.UpAsync(Options(), Cancellation) : await Lab.OpenAsync(Name, Cancellation);
            lab.Keep();
            if (takesDown)
            {
                await ScriptAsync("up");
            }

            api = new OpenStackApi(lab.RootAddress, await File.ReadAllTextAsync($"{State}/password", Cancellation));
            await api.SignInAsync(Cancellation);
            controlPlane = await LabControlPlane.StartAsync(lab, Repository.ControlPlane, 7000 + Subnet, Settings(lab), Cancellation);
            await controlPlane.RegisterAsync(lab, withFencing: false, Cancellation);
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <summary>New servers on node1 as servers.py makes them, and no others. Returns when they beat and the control plane knows them.</summary>
    public async Task<IReadOnlyDictionary<string, Guid>> NewServersAsync()
    {
        await MendAsync();
        await ScriptAsync("clear");
        var made = JsonSerializer.Deserialize<Dictionary<string, Guid>>(await ScriptAsync("servers"))!;
        foreach (var (name, id) in made)
        {
            await UntilAsync($"{name} beats", () => Task.FromResult(Log(id) is { Starts: 1, Beats: >= 2 }));
            await UntilAsync($"the control plane knows {name}", () => KnowsAsync(name, id));
        }

        return made;
    }

    // What a story that failed has left: a host that is off, a service that is.
    private async Task MendAsync()
    {
        await StartOpenStackAsync();
        if (!Lab.Host("node1").IsOn)
        {
            await Node1ReturnsAsync();
        }

        foreach (var host in Lab.Hosts)
        {
            await ComputeIsUpAsync(host.Name);
        }
    }

    /// <summary>Pulls node1's cord: nova-compute, libvirtd, executor and guests are gone at once. Returns when it is missed.</summary>
    public async Task Node1DiesAsync()
    {
        await Lab.Host("node1").PowerOffAsync(Cancellation);
        await ControlPlane.UntilAsync(
            "/v1/hosts/node1", row => row.GetProperty("liveness").GetString() == "silent", TimeSpan.FromSeconds(30), Cancellation);
    }

    /// <summary>An operator's word that node1 is off, which it is.</summary>
    public Task AttestAsync() => PostAsync(
        "/v1/hosts/node1/attestations", new { who = "Ada Park", reason = "I pulled its cord myself", expiresInMinutes = 30 });

    /// <summary>All of OpenStack but its databases, at once.</summary>
    public static Task StopOpenStackAsync() => ScriptAsync("stop");

    /// <summary>Returns when Nova sees these hosts' nova-computes.</summary>
    public async Task StartOpenStackAsync(params string[] hosts)
    {
        await ScriptAsync("start");
        foreach (var host in hosts)
        {
            await ComputeIsUpAsync(host);
        }
    }

    /// <summary>Power, libvirtd and executor first; nova-compute then, as systemd would order them.</summary>
    public async Task Node1ReturnsAsync()
    {
        await Lab.Host("node1").PowerOnAsync(Cancellation);
        await ScriptAsync("compute", "node1");
    }

    public Task ComputeIsUpAsync(string host) => UntilAsync(
        $"the nova-compute of {host} is up",
        async () => (await Api.ComputeServiceAsync(host, Cancellation)).GetProperty("state").GetString() == "up");

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        var response = await ControlPlane.Http.PostAsJsonAsync(path, body, Cancellation);
        await LabControlPlane.ExpectAsync(response, Cancellation);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
    }

    internal static GuestLog Log(Guid id) =>
        GuestLog.Of($"/var/lib/recovery-lab/{Name}/storages/instances/{id}/console.log");

    /// <summary>Which hosts have a QEMU of this server running; whoever started it.</summary>
    public IReadOnlyList<string> RunsOn(Guid id) =>
    [
        .. Lab.Hosts.SelectMany(host => host.Processes()
            .Where(process => process.Command.Contains("qemu-system", StringComparison.Ordinal) && process.Command.Contains($"-uuid {id}", StringComparison.Ordinal))
            .Select(_ => host.Name)),
    ];

    /// <summary>The same of libvirt: also where it is shut off.</summary>
    public static async Task<bool> DefinesAsync(LabHost host, Guid id) =>
        (await host.VirshAsync(["list", "--all", "--uuid"], null, Cancellation)).Contains($"{id}", StringComparison.Ordinal);

    public static async Task UntilAsync(string what, Func<Task<bool>> so, int withinSeconds = 120)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!await so())
        {
            if (TimeProvider.System.GetElapsedTime(begin) > TimeSpan.FromSeconds(withinSeconds))
            {
                throw new LabException($"It is not so within {withinSeconds} s that {what}.");
            }

            await Task.Delay(200, Cancellation);
        }
    }

    /// <summary>nova-manage, or another program with the cloud's configuration; whatever its exit code.</summary>
    internal static Task<ToolResult> NovaManageAsync(params string[] arguments) => Tool.TryAsync(
        "env", ["-u", "PYTHONPATH", "-u", "PYTHONHOME", "nova-manage", "--config-file", $"{State}/etc/nova.conf", .. arguments], Cancellation);

    public async ValueTask DisposeAsync()
    {
        api?.Dispose();
        if (controlPlane is not null)
        {
            await controlPlane.DisposeAsync();
        }

        if (takesDown)
        {
            await Tool.TryAsync(Script, ["down"], CancellationToken.None);
        }
    }

    private static string Script => Path.Combine(Repository.Root, "tests/Lab/OpenStack/cloud");

    private static Task<string> ScriptAsync(params string[] arguments) => Tool.RunAsync(Script, arguments, Cancellation);

    private static LabOptions Options() => new()
    {
        Name = Name,
        Subnet = Subnet,
        ExecutorBinary = Repository.Executor,
        Storages = [new("instances") { SeenBy = new[] { "node1", "node2", "node3" }.ToDictionary(host => host, _ => Instances) }],
    };

    private static string[] Settings(Lab lab) =>
    [
        "--Recovery:Inventory=nova",
        $"--Recovery:OpenStack:ReaderConnectionStringFile={State}/reader",
        $"--Recovery:OpenStack:WriterConnectionStringFile={State}/writer",
        $"--Recovery:OpenStack:IdentityUrl=http://{lab.RootAddress}:5000/v3",
        "--Recovery:OpenStack:Username=recovery",
        "--Recovery:OpenStack:Project=service",
        $"--Recovery:OpenStack:PasswordFile={State}/password",
        "--Recovery:OpenStack:Region=RegionOne",
    ];

    private async Task<bool> KnowsAsync(string name, Guid id) =>
        (await ControlPlane.GetAsync("/v1/instances", Cancellation)).GetProperty("items").EnumerateArray().Any(instance =>
            instance.GetProperty("id").GetGuid() == id
            && instance.TryGetProperty("state", out var state)
            && state.GetString() == (name == "archive" ? "shutOff" : "running")
            && instance.GetProperty("disks").GetArrayLength() == (name == "orders" ? 2 : 1));
}
