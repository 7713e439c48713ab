using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>The body of a recovery, and of a plan.</summary>
/// <param name="Kind">evacuate: the host is dead, bring its guests up elsewhere. resume: the host is back, start there what ran before it fell, and forget what was recovered elsewhere. Nothing else is carried out by this release. Left out only with plan.</param>
/// <param name="Hosts">Registered hosts to recover from, up to 1000. May be left out when instances are named.</param>
/// <param name="Instances">UUIDs of instances, up to 10 000: only these. Left out: all of the hosts.</param>
/// <param name="Targets">Only these hosts may take them. Left out: any.</param>
/// <param name="ExcludedTargets">These hosts must not take any.</param>
/// <param name="ExcludedInstances">UUIDs of instances that are left where they are, up to 10 000.</param>
/// <param name="Plan">Of a recovery only, and then in the place of all the others: carry out the plan of this id. What no longer fits is planned again, and said.</param>
/// <param name="Options">How it is carried out.</param>
/// <param name="Who">Who asks, for the audit log, up to 200 characters; unnamed when left out.</param>
/// <param name="Why">Why, for the audit log, up to 1000 characters.</param>
public sealed record RecoveryBody(
    RecoveryKind? Kind = null,
    IReadOnlyList<string>? Hosts = null,
    IReadOnlyList<Guid>? Instances = null,
    IReadOnlyList<string>? Targets = null,
    IReadOnlyList<string>? ExcludedTargets = null,
    IReadOnlyList<Guid>? ExcludedInstances = null,
    Guid? Plan = null,
    RecoveryBodyOptions? Options = null,
    string? Who = null,
    string? Why = null)
{
    public const string Example = """{"kind":"evacuate","hosts":["node1"]}""";

    public const string FullExample =
        """{"kind":"evacuate","hosts":["node1"],"instances":[],"targets":[],"excludedTargets":[],"excludedInstances":[],"options":{"fencing":"required","maxParallel":8,"ignoreDependencies":false,"evenIfAlive":false,"dryRun":false},"who":"Ada Park","why":"node1 lost its power supply"}""";

    /// <param name="json">The body.</param>
    /// <param name="byPlan">It may name a plan that was made before.</param>
    public static AskedRecovery Read(JsonElement json, bool byPlan)
    {
        var faults = new List<Fault>();
        var body = new ObjectReader(json, "the body", "", faults);
        var plan = byPlan ? PlanReference.Read(body, faults) : null;
        var namesPlan = byPlan && body.Has("plan");
        var asked = new AskedRecovery
        {
            Plan = plan,
            Kind = ReadKind(body, required: !namesPlan, faults),
            Hosts = RecoveryNames.Hosts(body, "hosts", FaultCodes.HostTwice, faults),
            Instances = RecoveryNames.Instances(body, "instances", faults),
            Targets = RecoveryNames.Hosts(body, "targets", FaultCodes.TargetTwice, faults),
            ExcludedTargets = RecoveryNames.Hosts(body, "excludedTargets", FaultCodes.TargetTwice, faults),
            ExcludedInstances = RecoveryNames.Instances(body, "excludedInstances", faults),
        };
        RecoveryNames.Contradictions(asked, faults);

        // When one of them could not be read, what it should have named is not known.
        if (body.IsObject && !namesPlan && !HasElements(json, "hosts") && !HasElements(json, "instances"))
        {
            faults.Add(new(FaultCodes.NothingNamed,
                "Neither hosts nor instances name anything. Name the hosts to recover from, or instances, or both.")
            { Pointer = "/hosts" });
        }

        asked = ReadOptions(body, asked, namesPlan, faults);
        asked = asked with { By = OperatorBody.Word(body, required: false, faults) ?? asked.By };
        body.End();
        return asked with { Faults = faults };
    }

    private static RecoveryKind? ReadKind(ObjectReader body, bool required, List<Fault> faults)
    {
        if (body.String("kind", "what the recovery is for, such as \"evacuate\"", required) is not { } name)
        {
            return null;
        }

        var kind = StateNames.Parse<RecoveryKind>(name);
        if (kind is null)
        {
            faults.Add(new(FaultCodes.UnknownKind,
                $"There is no kind {Shown.Text(name)}.{Nearest.Hint(name, StateNames.All<RecoveryKind>())} This release carries out \"evacuate\" and \"resume\".")
            { Pointer = "/kind" });
        }
        else if (kind is not (RecoveryKind.Evacuate or RecoveryKind.Resume))
        {
            faults.Add(new(FaultCodes.KindNotCarriedOut,
                $"This release carries out \"evacuate\" and \"resume\" only, not \"{name}\". {Instead(kind.Value)}")
            { Pointer = "/kind" });
        }

        return kind;
    }

    private static string Instead(RecoveryKind kind) => kind switch
    {
        RecoveryKind.Drain => "To empty a living host, migrate its guests by hand: virsh migrate --live --persistent --undefinesource GUEST qemu+ssh://TARGET/system.",
        RecoveryKind.Failback => "To return guests to their old host, migrate them by hand: virsh migrate --live --persistent --undefinesource GUEST qemu+ssh://HOST/system.",
        _ => "To see what an evacuation would do without touching anything, POST its body to /v1/plans.",
    };

    private static AskedRecovery ReadOptions(ObjectReader body, AskedRecovery asked, bool namesPlan, List<Fault> faults)
    {
        if (body.Object("options") is not { } options)
        {
            return asked;
        }

        if (options.String("fencing", "\"required\"") is { } fencing && fencing != "required")
        {
            faults.Add(new(FaultCodes.FencingRequired,
                $"fencing is {Shown.Text(fencing)}; it can only be \"required\". A guest is never started while its host may still run it. If you know that the host is off, say so by name: POST /v1/hosts/HOST/attestations {AttestationBody.Example}")
            { Pointer = options.At("fencing") });
        }

        var maxParallel = options.Integer("maxParallel", 1, 64);
        foreach (var decided in (string[])["ignoreDependencies", "evenIfAlive", "route"])
        {
            if (namesPlan && options.Has(decided))
            {
                faults.Add(PlanReference.Both(decided, options.At(decided)));
            }
        }

        var route = RouteWish.Read(options, faults);
        var ignoreDependencies = options.Boolean("ignoreDependencies");
        var evenIfAlive = options.Boolean("evenIfAlive");
        var dryRun = options.Boolean("dryRun");
        options.End();
        return asked with
        {
            MaxParallel = maxParallel,
            IgnoreDependencies = ignoreDependencies ?? false,
            EvenIfAlive = evenIfAlive ?? false,
            Route = namesPlan ? null : route,
            DryRun = dryRun ?? false,
        };
    }

    private static bool HasElements(JsonElement body, string member) =>
        body.TryGetProperty(member, out var value)
        && (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() > 0);
}

/// <summary>How a recovery is carried out.</summary>
/// <param name="Fencing">"required", and nothing else.</param>
/// <param name="MaxParallel">Instances brought up at the same time, 1 to 64. Left out: as configured.</param>
/// <param name="IgnoreDependencies">Instances come up in the order of their priorities alone, whatever waits for what.</param>
/// <param name="EvenIfAlive">The hosts may be alive but beyond use: their own executors end their guests first, or a fence agent switches them off.</param>
/// <param name="Route">Of an evacuation in an OpenStack cloud: "direct" has the executors start the guests, "assisted" has Nova start them on its own. Left out: whichever is best for each.</param>
/// <param name="DryRun">Check everything, answer 200 with the plan, and change nothing.</param>
public sealed record RecoveryBodyOptions(
    string? Fencing = null, int? MaxParallel = null, bool? IgnoreDependencies = null, bool? EvenIfAlive = null, string? Route = null, bool? DryRun = null);
