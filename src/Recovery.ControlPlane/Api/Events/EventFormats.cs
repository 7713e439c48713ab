using System.Text.Json;
using Recovery.ControlPlane.Api.Requests;
using Recovery.ControlPlane.Api.Responses;
using Recovery.ControlPlane.Api.Text;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Events;

/// <summary>How events are written on the wire.</summary>
internal abstract record EventFormat(string ContentType)
{
    public static EventFormat For(HttpRequest request) =>
        request.Best(Acceptable.ServerSentEvents, Acceptable.Ndjson, Acceptable.Text) switch
        {
            Acceptable.Ndjson => new Ndjson(),
            Acceptable.Text => new Lines(),
            _ => new ServerSent(),
        };

    public abstract string Event(EventResource happened);

    public abstract string End(EventsEnd end);

    /// <summary>Says that the connection still stands; empty where that can't be said without being taken for an event.</summary>
    public virtual string Heartbeat => "";

    private static string Json<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    // https://html.spec.whatwg.org/multipage/server-sent-events.html: JSON has no line breaks, so one data line does.
    private sealed record ServerSent() : EventFormat($"{Acceptable.ServerSentEvents}; charset=utf-8")
    {
        public override string Event(EventResource happened) =>
            $"id: {happened.Id}\nevent: {happened.Type}\ndata: {Json(happened)}\n\n";

        public override string End(EventsEnd end) => $"event: end\ndata: {Json(end)}\n\n";

        public override string Heartbeat => ": still here\n\n";
    }

    private sealed record Ndjson() : EventFormat(Acceptable.Ndjson)
    {
        public override string Event(EventResource happened) => Json(happened) + "\n";

        public override string End(EventsEnd end) => Json(end) + "\n";
    }

    private sealed record Lines() : EventFormat($"{Acceptable.Text}; charset=utf-8")
    {
        public override string Event(EventResource happened) => RecoveryText.Event(happened);

        public override string End(EventsEnd end) => end.Final
            ? $"End: {StateNames.Of(end.State)}{(end.Reason.Length > 0 ? $", {end.Reason}" : "")}\n"
            : $"Still {StateNames.Of(end.State)}; go on with ?after={end.After}\n";
    }
}
