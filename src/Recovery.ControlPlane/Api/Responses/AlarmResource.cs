using Recovery.ControlPlane.Persistence.Rows;

namespace Recovery.ControlPlane.Api.Responses;

/// <summary>Something that somebody has to look at now.</summary>
/// <param name="Id">Grows with time.</param>
/// <param name="Kind">split-brain: one guest runs on two hosts. paused-copy: it runs on one and is paused on another for longer than a migration takes.</param>
/// <param name="Instance">The instance's UUID.</param>
/// <param name="Name">The instance's name.</param>
/// <param name="Hosts">Where its copies are.</param>
/// <param name="Since">When it was found first.</param>
/// <param name="LastSeen">When it was found last.</param>
/// <param name="EndedAt">When it was over; missing while it lasts.</param>
/// <param name="Message">What is the matter, and what to do.</param>
public sealed record AlarmResource(
    long Id,
    string Kind,
    Guid Instance,
    string Name,
    IReadOnlyList<string> Hosts,
    DateTimeOffset Since,
    DateTimeOffset LastSeen,
    DateTimeOffset? EndedAt,
    string Message)
{
    internal static AlarmResource From(AlarmRow row) =>
        new(row.Id, row.Kind, row.InstanceId, row.Name, row.Hosts, row.Since, row.LastSeen, row.EndedAt, row.Message);
}
