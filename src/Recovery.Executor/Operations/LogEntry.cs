using System.Text.Json.Serialization;

namespace Recovery.Executor.Operations;

/// <summary>A line of the operation log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Intent), "intent")]
[JsonDerivedType(typeof(Outcome), "outcome")]
[JsonDerivedType(typeof(Claimed), "claimed")]
[JsonDerivedType(typeof(Released), "released")]
[JsonDerivedType(typeof(EpochSeen), "epoch")]
[JsonDerivedType(typeof(FenceBegun), "fence")]
[JsonDerivedType(typeof(FenceEnded), "fenced")]
[JsonDerivedType(typeof(FenceWithdrawn), "fenceWithdrawn")]
internal abstract record LogEntry(DateTimeOffset At);

/// <summary>Written before a step has any effect.</summary>
/// <param name="Fingerprint">SHA-256 of the command without passwords, epoch and deadline.</param>
internal sealed record Intent(
    DateTimeOffset At, string Step, string Recovery, ulong Epoch, string Instance, string Action, string Fingerprint) : LogEntry(At);

/// <summary>Written when a step ended; a repeat of the step gets this.</summary>
internal sealed record Outcome(
    DateTimeOffset At,
    string Step,
    bool Succeeded,
    int Code,
    string Message,
    bool RetryCanHelp,
    IReadOnlyList<string> Changes,
    IReadOnlyList<string> Refusals) : LogEntry(At);

/// <summary>
/// The recovery found no domain of this instance here and is about to define it: whatever domain of it is here from
/// now on is this recovery's, also when the executor dies before the definition or its outcome.
/// </summary>
internal sealed record Claimed(DateTimeOffset At, string Step, string Recovery, string Instance) : LogEntry(At);

/// <summary>The recovery's domain of this instance is undefined; what is here from now on is somebody else's.</summary>
internal sealed record Released(DateTimeOffset At, string Step, string Recovery, string Instance) : LogEntry(At);

/// <summary>A newer epoch of a recovery, seen on a step that needed no new intent.</summary>
internal sealed record EpochSeen(DateTimeOffset At, string Recovery, ulong Epoch) : LogEntry(At);

/// <summary>Written before the host ends its guests for a recovery.</summary>
/// <param name="Guests">Names of those that ran.</param>
internal sealed record FenceBegun(DateTimeOffset At, string Recovery, ulong Epoch, IReadOnlyList<string> Guests) : LogEntry(At);

/// <summary>Written when that is over. A repeat looks again all the same: what counts is what runs now.</summary>
internal sealed record FenceEnded(DateTimeOffset At, string Recovery, bool Confirmed, string Message) : LogEntry(At);

/// <summary>
/// Written when this host was asked what became of an order to end its guests, and had never got it: it may be on its way
/// yet, and nobody waits for it any more.
/// </summary>
internal sealed record FenceWithdrawn(DateTimeOffset At, string Recovery, ulong Epoch) : LogEntry(At);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
