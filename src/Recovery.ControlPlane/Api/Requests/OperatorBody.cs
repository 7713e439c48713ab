using System.Text.Json;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Persistence;
using Recovery.ControlPlane.Recoveries;
using Recovery.Core.Workflow;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>Whoever steps in says so, and why; both are kept in the audit log.</summary>
/// <param name="Who">Who wants it: a person that can be asked, up to 200 characters.</param>
/// <param name="Why">Why, up to 1000 characters.</param>
public sealed record OperatorBody(string Who, string Why)
{
    public const string Example = """{"who":"Ada Park","why":"The storage is slow, I look at it first"}""";

    internal static OperatorWord? Read(JsonElement json, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var word = Word(body, required: true, faults);
        body.End();
        return word;
    }

    /// <summary>Null when it is required and missing, or wrong, which is noted.</summary>
    internal static OperatorWord? Word(ObjectReader body, bool required, List<Fault> faults)
    {
        var before = faults.Count;
        var who = Texts.Read(body, "who", "who wants it, as a name that can be asked", 200, required, faults);
        var why = Texts.Read(body, "why", "why, for whoever reads the audit log", 1000, required, faults);
        return faults.Count > before || (required && (who is null || why is null))
            ? null
            : new OperatorWord(string.IsNullOrEmpty(who) ? OperatorWord.NoName : who, why ?? "");
    }
}

/// <summary>Ends a recovery.</summary>
/// <param name="Who">Who wants it: a person that can be asked, up to 200 characters.</param>
/// <param name="Why">Why, up to 1000 characters.</param>
/// <param name="UnderWay">What becomes of instances that are under way: finish or putBack. Left out: finish, or as it was asked before.</param>
public sealed record CancelBody(string Who, string Why, CancelMode? UnderWay = null)
{
    public const string Example = """{"who":"Ada Park","why":"node1 is back","underWay":"finish"}""";

    public const string PutBackExample = """{"who":"Ada Park","why":"The targets are too small","underWay":"putBack"}""";

    internal static CancelWish? Read(JsonElement json, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var word = OperatorBody.Word(body, required: true, faults);
        CancelMode? underWay = null;
        if (body.String("underWay", "\"finish\" or \"putBack\"") is { } name)
        {
            underWay = StateNames.Parse<CancelMode>(name);
            if (underWay is null)
            {
                faults.Add(new(FaultCodes.InvalidValue,
                    $"underWay is {Shown.Text(name)}.{Nearest.Hint(name, StateNames.All<CancelMode>())} \"finish\" brings what is under way up to its end, \"putBack\" puts it back.")
                { Pointer = "/underWay" });
            }
        }

        body.End();
        return word is null ? null : new CancelWish(word, underWay);
    }

    internal sealed record CancelWish(OperatorWord By, CancelMode? UnderWay);
}

/// <summary>How many instances are brought up at the same time from now on; at least one of the three.</summary>
/// <param name="Who">Who wants it: a person that can be asked, up to 200 characters.</param>
/// <param name="Why">Why, up to 1000 characters.</param>
/// <param name="InAll">Of the whole recovery, 1 to 64.</param>
/// <param name="PerTarget">On one host, 1 to 64.</param>
/// <param name="PerBackend">With disks on one storage, or on volumes behind one portal, 1 to 1024.</param>
public sealed record RecoveryLimitsBody(string Who, string Why, int? InAll = null, int? PerTarget = null, int? PerBackend = null)
{
    public const string Example = """{"who":"Ada Park","why":"The storage is slow","inAll":2,"perBackend":1}""";

    internal static LimitWish? Read(JsonElement json, List<Fault> faults)
    {
        var body = new ObjectReader(json, "the body", "", faults);
        var word = OperatorBody.Word(body, required: true, faults);
        var wish = new LimitsWish(
            body.Integer("inAll", 1, 64), body.Integer("perTarget", 1, 64), body.Integer("perBackend", 1, 1024));
        if (body.IsObject && !body.Has("inAll") && !body.Has("perTarget") && !body.Has("perBackend"))
        {
            faults.Add(new(FaultCodes.MissingMember,
                "No limit is named, so nothing would change: give inAll, perTarget or perBackend, or several of them.")
            { Pointer = "/inAll" });
        }

        body.End();
        return word is null ? null : new LimitWish(word, wish);
    }

    internal sealed record LimitWish(OperatorWord By, LimitsWish Limits);
}
