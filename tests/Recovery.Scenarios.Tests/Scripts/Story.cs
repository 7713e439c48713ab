using Recovery.Scenarios.Tests.Cluster;
using Recovery.Scenarios.Tests.ControlPlanes;

namespace Recovery.Scenarios.Tests.Scripts;

/// <summary>How it all is in the end, for humans and for comparing.</summary>
internal static class Story
{
    public static IEnumerable<string> End(World world)
    {
        yield return "";
        yield return "In the end:";
        var names = world.Watcher.Journal.Names;
        foreach (var (id, state, reason, epoch) in world.Database.Read(
            "SELECT Id, State, Reason, Epoch FROM Recoveries ORDER BY CreatedAt",
            row => (row.GetString(0), row.GetString(1), row.GetString(2), row.GetInt64(3))))
        {
            yield return $"{names.Of(Guid.Parse(id))} {state}, epoch {epoch}: {names.Readable(reason)}";
            foreach (var line in world.Database.Read(
                "SELECT Name, State, Target, Attempt, Reason FROM RecoveryInstances WHERE RecoveryId = @id ORDER BY Position, Name",
                row => $"  {row.GetString(0)} {row.GetString(1)}{(row.IsDBNull(2) ? "" : $" on {row.GetString(2)}")}"
                    + $"{(row.GetInt64(3) > 1 ? $", attempt {row.GetInt64(3)}" : "")}{(row.GetString(4).Length > 0 ? $": {names.Readable(row.GetString(4))}" : "")}",
                ("@id", id)))
            {
                yield return line;
            }
        }

        foreach (var host in world.Hosts)
        {
            var quarantined = world.Database.Count("SELECT COUNT(*) FROM Hosts WHERE Name = @name AND Quarantined", ("@name", host.Name)) > 0;
            var guests = host.Domains.OrderBy(domain => domain.Spec.Name, StringComparer.Ordinal)
                .Select(domain => $"{domain.Spec.Name} {(host.Powered ? domain.State.ToString() : "(dark)")}");
            yield return $"{host.Name} {(host.Powered ? "on" : "off")}{(quarantined ? ", in quarantine" : "")}: {string.Join(", ", guests.DefaultIfEmpty("no guests"))}";
        }

        foreach (var (guest, place) in world.Database.Read(
            "SELECT Id, Host FROM Instances ORDER BY Id", row => (Guid.Parse(row.GetString(0)), row.GetString(1))))
        {
            yield return $"{world.Guests[guest].Name} belongs to {place}";
        }
    }
}
