using System.Text.Json.Serialization;

namespace Recovery.Executor.Operations;

/// <summary>A line of the operation log.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "kind")]
[JsonDerivedType(typeof(Intent), "intent")]
[JsonDerivedType(typeof(Outcome), "outcome")]
[JsonDerivedType(typeof(Claimed), "claimed")]
[JsonDerivedType(typeof(Released), "released")]
[JsonDerivedType(typeof(EpochSeen), "epoch")]
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

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LogEntry))]
internal sealed partial class LogJson : JsonSerializerContext;
