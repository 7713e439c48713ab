using MySqlConnector;
using Recovery.ControlPlane.Persistence;

namespace Recovery.ControlPlane.Inventory.OpenStack.Writing;

/// <summary>
/// What the database server refused, in our words: its own may quote the statement, and with it a secret.
/// </summary>
internal static class WriteFailure
{
    public static ForeignOutcome Outcome(MySqlException failure, ForeignTransaction transaction)
    {
        var place = ForeignWords.Place(transaction);
        var number = $"(MySQL error {failure.Number})";
        return failure.Number switch
        {
            var conflict when Conflict.Is(conflict, failure.Message) => new(
                false, true, $"{transaction.Name} was not written to {place}: others wrote the same rows, several times in a row {number}. It can be repeated."),
            1044 or 1045 or 1698 => new(
                false, false, $"{place} does not let Recovery's user in {number}. Check user, password and grants of the connection string for writing."),
            1142 or 1143 or 1227 => new(
                false, false, $"{place} does not let Recovery's user write {Tables(transaction)} {number}. Grant it what docs/openstack.md lists."),
            1290 or 1792 or 1836 => new(
                false, true, $"{place} is read-only {number}: it may be a replica. Point Recovery at the server that takes writes."),
            1049 => new(false, false, $"{place} is not on that server {number}. Check the names of the databases in Recovery:OpenStack."),
            1054 or 1146 => new(
                false, false, $"{place} has no such table or column {number}: it is of a release that Recovery does not know. Hand the instance over to Nova's own evacuate."),
            1040 or 1203 or 1226 => new(false, true, $"{place} has no connection left {number}. Try again when others have gone."),
            1042 or 1053 or 2002 or 2003 or 2006 or 2013 or 0 or -1 => Unreachable(place, transaction, number),
            _ when failure.IsTransient => Unreachable(place, transaction, number),
            _ => new(false, false, $"{transaction.Name} was not written to {place}: {failure.ErrorCode} {number}."),
        };
    }

    // A connection that breaks at COMMIT leaves it open whether it was kept; a repeat finds out.
    private static ForeignOutcome Unreachable(string place, ForeignTransaction transaction, string number) => new(
        false, true, $"{place} could not be reached, or not to the end {number}. {transaction.Name} can be repeated: it is written once.");

    private static string Tables(ForeignTransaction transaction) =>
        string.Join(", ", transaction.Changes.Select(change => change.Table).Distinct());
}
