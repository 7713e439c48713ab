using System.Reflection;

namespace Recovery.ControlPlane.Recoveries;

/// <summary>Every kind of fault there is. Their names are part of the API: they may be added to, never renamed.</summary>
public static class FaultCodes
{
    // The body as a whole.
    public static readonly FaultCode EmptyBody = Never("empty-body", "The request has no body");
    public static readonly FaultCode MalformedJson = Never("malformed-json", "The body is not JSON");
    public static readonly FaultCode NotJson = new("content-type", FaultClass.NotJson, "The body is not said to be JSON");
    public static readonly FaultCode TooLarge = new("too-large", FaultClass.TooLarge, "The body is too large");

    // Members and parameters, whatever they mean.
    public static readonly FaultCode WrongType = Never("wrong-type", "A member has the wrong type");
    public static readonly FaultCode UnknownMember = Never("unknown-member", "A member is not known");
    public static readonly FaultCode DuplicateMember = Never("duplicate-member", "A member is there twice");
    public static readonly FaultCode MissingMember = Never("missing-member", "A member is missing");
    public static readonly FaultCode OutOfRange = Never("out-of-range", "A value is out of its range");
    public static readonly FaultCode TooLong = Never("too-long", "A value is too long");
    public static readonly FaultCode InvalidValue = Never("invalid-value", "A value is not one that can be");
    public static readonly FaultCode UnknownParameter = Never("unknown-parameter", "A query parameter is not known");
    public static readonly FaultCode InvalidParameter = Never("invalid-parameter", "A parameter is not one that can be");

    // What a recovery asks for.
    public static readonly FaultCode UnknownKind = Never("unknown-kind", "There is no such kind of recovery");
    public static readonly FaultCode KindNotCarriedOut = Here("kind-not-carried-out", "This release does not carry out this kind of recovery");
    public static readonly FaultCode NothingNamed = Never("nothing-named", "The request names neither a host nor an instance");
    public static readonly FaultCode HostTwice = Never("host-twice", "A host is named twice");
    public static readonly FaultCode InstanceTwice = Never("instance-twice", "An instance is named twice");
    public static readonly FaultCode TargetTwice = Never("target-twice", "A target is named twice");
    public static readonly FaultCode TargetIsSource = Never("target-is-source", "A host is source and target");
    public static readonly FaultCode TargetExcluded = Never("target-excluded", "A host is a target and excluded");
    public static readonly FaultCode InstanceExcluded = Never("instance-excluded", "An instance is asked for and excluded");
    public static readonly FaultCode NotWithPlan = Never("not-with-plan", "The plan says it already");
    public static readonly FaultCode NotWithResume = Never("not-with-resume", "A resume moves and fences nothing");
    public static readonly FaultCode ResumeNotPlanned = Here("resume-not-planned", "A resume is not planned beforehand");
    public static readonly FaultCode UnknownRoute = Never("unknown-route", "There is no such route");
    public static readonly FaultCode RouteNotHere = Here("route-not-here", "There are no routes in this cluster");
    public static readonly FaultCode UnknownPlan = Here("unknown-plan", "There is no such plan to carry out");
    public static readonly FaultCode PlanExpired = Here("plan-expired", "The plan is too old to be carried out");
    public static readonly FaultCode DependencyCycle = Here("dependency-cycle", "Instances wait for each other in a circle");
    public static readonly FaultCode FencingRequired = Never("fencing-required", "Fencing can't be skipped");
    public static readonly FaultCode UnknownHost = Here("unknown-host", "A host is not registered");
    public static readonly FaultCode UnknownTarget = Here("unknown-target", "A target is not registered");
    public static readonly FaultCode UnknownInstance = Here("unknown-instance", "An instance is not known");
    public static readonly FaultCode InstanceElsewhere = Here("instance-elsewhere", "An instance belongs to another host");
    public static readonly FaultCode HostAlive = Now("host-alive", "A host is still alive");
    public static readonly FaultCode HostNotUp = Now("host-not-up", "A host is not up");
    public static readonly FaultCode HostNeverSeen = Now("host-never-seen", "Nothing is known of a host's guests");
    public static readonly FaultCode LivenessUnknown = Now("liveness-unknown", "It is not known yet whether a host is alive");
    public static readonly FaultCode InLiveRecovery = Now("in-live-recovery", "A live recovery already involves it");
    public static readonly FaultCode IdempotencyKeyReused = Here("idempotency-key-reused", "The idempotency key belongs to another request");
    public static readonly FaultCode ChangedMeanwhile = Now("changed-meanwhile", "Somebody else was faster");

    // What is asked of a recovery that is there.
    public static readonly FaultCode NoSuchRecovery = Gone("no-such-recovery", "There is no such recovery");
    public static readonly FaultCode RecoveryFinal = Now("recovery-final", "The recovery has ended");
    public static readonly FaultCode RecoveryEnding = Now("recovery-ending", "The recovery is being cancelled");
    public static readonly FaultCode InstanceBegun = Now("instance-begun", "The instance is not waiting any more");
    public static readonly FaultCode InstanceNotRetriable = Now("instance-not-retriable", "The instance can't be retried as it stands");
    public static readonly FaultCode RecoveryLive = Now("recovery-live", "The recovery has not ended yet");

    public static readonly FaultCode NoSuchPlan = Gone("no-such-plan", "There is no such plan");
    public static readonly FaultCode InventoryUnreachable = new("inventory-unreachable", FaultClass.NotYet, "Where the cluster is kept can't be read");
    public static readonly FaultCode ForecastNotReady = new("forecast-not-ready", FaultClass.NotYet, "The forecast is still being computed");

    // Hosts and instances.
    public static readonly FaultCode NoSuchHost = Gone("no-such-host", "There is no such host");
    public static readonly FaultCode NoSuchInstance = Gone("no-such-instance", "There is no such instance");
    public static readonly FaultCode NoDefinition = Gone("no-definition", "No definition is kept");
    public static readonly FaultCode NoSuchProof = Gone("no-such-proof", "There is no such fence proof");
    public static readonly FaultCode NoSuchResource = Gone("no-such-resource", "There is nothing at this URL");
    public static readonly FaultCode HostInUse = Now("host-in-use", "The host is still needed");
    public static readonly FaultCode HostNameTaken = Now("host-name-taken", "A host of almost this name is registered");
    public static readonly FaultCode ExecutorTaken = Now("executor-taken", "Another host has this executor");
    public static readonly FaultCode LabelTwice = Never("label-twice", "An aggregate or a trait is named twice");
    public static readonly FaultCode UnknownAgent = Here("unknown-agent", "There is no such fence agent");
    public static readonly FaultCode SecretInOptions = Never("secret-in-options", "A secret is not given in the open");
    public static readonly FaultCode ReservedOption = Never("reserved-option", "This option is not the request's to give");
    public static readonly FaultCode UnknownSecretFile = Here("unknown-secret-file", "There is no such file of a secret");
    public static readonly FaultCode UnknownSecretVariable = Here("unknown-secret-variable", "There is no such environment variable of a secret");
    public static readonly FaultCode AttestedAlive = Now("attested-alive", "The host is alive, whatever is attested");

    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, FaultCode> All { get; } = typeof(FaultCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => field.GetValue(null))
        .OfType<FaultCode>()
        .ToDictionary(code => code.Name, StringComparer.Ordinal);

    private static FaultCode Never(string name, string title) => new(name, FaultClass.NeverRight, title);

    private static FaultCode Here(string name, string title) => new(name, FaultClass.NotHere, title);

    private static FaultCode Now(string name, string title) => new(name, FaultClass.NotNow, title);

    private static FaultCode Gone(string name, string title) => new(name, FaultClass.NotFound, title);
}
