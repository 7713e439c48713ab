using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The body of a recovery, and of a plan.</summary>
/// <param name="Kind">evacuate: the host is dead, bring its guests up elsewhere. Nothing else is carried out by this release.</param>
/// <param name="Hosts">Registered hosts to recover from, up to 1000. May be left out when instances are named.</param>
/// <param name="Instances">UUIDs of instances, up to 10 000: only these. Left out: all of the hosts.</param>
/// <param name="Targets">Only these hosts may take them. Left out: any.</param>
/// <param name="Options">How it is carried out.</param>
public sealed record RecoveryBody(
    RecoveryKind Kind,
    IReadOnlyList<string>? Hosts = null,
    IReadOnlyList<Guid>? Instances = null,
    IReadOnlyList<string>? Targets = null,
    RecoveryBodyOptions? Options = null)
{
    public const string Example = """{"kind":"evacuate","hosts":["node1"]}""";

    public const string FullExample =
        """{"kind":"evacuate","hosts":["node1"],"instances":[],"targets":[],"options":{"fencing":"required","maxParallel":8,"dryRun":false}}""";

    private const int MaximumHosts = 1000;
    private const int MaximumInstances = 10_000;

    public static AskedRecovery Read(JsonElement json)
    {
        var faults = new List<Fault>();
        var body = new ObjectReader(json, "the body", "", faults);
        var kind = ReadKind(body, faults);
        var hosts = ReadHosts(body, "hosts", FaultCodes.HostTwice, faults);
        var instances = ReadInstances(body, faults);
        var targets = ReadHosts(body, "targets", FaultCodes.TargetTwice, faults);
        foreach (var target in targets.Where(target => hosts.Any(host => host.Value == target.Value)))
        {
            faults.Add(new(FaultCodes.TargetIsSource,
                $"{target.Value} is among the hosts to recover from and among the targets. Take it out of one of them.")
            { Pointer = target.Pointer });
        }

        // When one of them could not be read, what it should have named is not known.
        if (body.IsObject && !HasElements(json, "hosts") && !HasElements(json, "instances"))
        {
            faults.Add(new(FaultCodes.NothingNamed,
                "Neither hosts nor instances name anything. Name the hosts to recover from, or instances, or both.")
            { Pointer = "/hosts" });
        }

        var (maxParallel, dryRun) = ReadOptions(body, faults);
        body.End();
        return new AskedRecovery
        {
            Kind = kind,
            Hosts = hosts,
            Instances = instances,
            Targets = targets,
            MaxParallel = maxParallel,
            DryRun = dryRun,
            Faults = faults,
        };
    }

    private static RecoveryKind? ReadKind(ObjectReader body, List<Fault> faults)
    {
        if (body.String("kind", "what the recovery is for, such as \"evacuate\"", required: true) is not { } name)
        {
            return null;
        }

        var kind = StateNames.Parse<RecoveryKind>(name);
        if (kind is null)
        {
            faults.Add(new(FaultCodes.UnknownKind,
                $"There is no kind {Shown.Text(name)}.{Nearest.Hint(name, StateNames.All<RecoveryKind>())} This release carries out \"evacuate\".")
            { Pointer = "/kind" });
        }
        else if (kind != RecoveryKind.Evacuate)
        {
            faults.Add(new(FaultCodes.KindNotCarriedOut,
                $"This release carries out \"evacuate\" only, not \"{name}\". {Instead(kind.Value)}")
            { Pointer = "/kind" });
        }

        return kind;
    }

    private static string Instead(RecoveryKind kind) => kind switch
    {
        RecoveryKind.Drain => "To empty a living host, migrate its guests by hand: virsh migrate --live --persistent --undefinesource GUEST qemu+ssh://TARGET/system.",
        RecoveryKind.Resume => "To start the guests of a host that is back, start them there by hand: virsh start GUEST, after making sure with GET /v1/instances that each still belongs to it.",
        RecoveryKind.Failback => "To return guests to their old host, migrate them by hand: virsh migrate --live --persistent --undefinesource GUEST qemu+ssh://HOST/system.",
        _ => "To see what an evacuation would do without touching anything, POST its body to /v1/plans.",
    };

    private static List<Named<string>> ReadHosts(ObjectReader body, string member, FaultCode twice, List<Fault> faults)
    {
        var hosts = new List<Named<string>>();
        foreach (var host in body.Strings(member, "host name", MaximumHosts))
        {
            if (!HostNames.IsValid(host.Value))
            {
                faults.Add(new(FaultCodes.InvalidValue, $"{Shown.Text(host.Value)} is no host name: {HostNames.Rule}.") { Pointer = host.Pointer });
            }
            else if (hosts.Find(other => other.Value == host.Value) is { } first)
            {
                faults.Add(new(twice, $"{host.Value} is named twice, here and at {first.Pointer}. Name it once.") { Pointer = host.Pointer });
            }
            else
            {
                hosts.Add(host);
            }
        }

        return hosts;
    }

    private static List<Named<Guid>> ReadInstances(ObjectReader body, List<Fault> faults)
    {
        var instances = new List<Named<Guid>>();
        var first = new Dictionary<Guid, string>();
        foreach (var instance in body.Strings("instances", "UUID", MaximumInstances))
        {
            if (!Guid.TryParseExact(instance.Value, "D", out var id))
            {
                faults.Add(new(FaultCodes.InvalidValue,
                    $"{Shown.Text(instance.Value)} is no UUID. Instances are named by the UUID of their domain; GET /v1/instances shows it beside the name.")
                { Pointer = instance.Pointer });
            }
            else if (!first.TryAdd(id, instance.Pointer))
            {
                faults.Add(new(FaultCodes.InstanceTwice, $"{id} is named twice, here and at {first[id]}. Name it once.") { Pointer = instance.Pointer });
            }
            else
            {
                instances.Add(new(id, instance.Pointer));
            }
        }

        return instances;
    }

    private static (int? MaxParallel, bool DryRun) ReadOptions(ObjectReader body, List<Fault> faults)
    {
        if (body.Object("options") is not { } options)
        {
            return (null, false);
        }

        if (options.String("fencing", "\"required\"") is { } fencing && fencing != "required")
        {
            faults.Add(new(FaultCodes.FencingRequired,
                $"fencing is {Shown.Text(fencing)}; it can only be \"required\". A guest is never started while its host may still run it. If you know that the host is off, say so by name: POST /v1/hosts/HOST/attestations {AttestationBody.Example}")
            { Pointer = options.At("fencing") });
        }

        var maxParallel = options.Integer("maxParallel", 1, 64);
        var dryRun = options.Boolean("dryRun");
        options.End();
        return (maxParallel, dryRun ?? false);
    }

    private static bool HasElements(JsonElement body, string member) =>
        body.TryGetProperty(member, out var value)
        && (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 0);
}

/// <summary>How a recovery is carried out.</summary>
/// <param name="Fencing">"required", and nothing else.</param>
/// <param name="MaxParallel">Instances brought up at the same time, 1 to 64. Left out: as configured.</param>
/// <param name="DryRun">Check everything, answer 200 with the plan, and change nothing.</param>
public sealed record RecoveryBodyOptions(string? Fencing = null, int? MaxParallel = null, bool? DryRun = null);
