using MySqlConnector;

namespace Recovery.ControlPlane.Inventory.OpenStack.Databases;

/// <summary>A database of the cloud can't be read. The message is for the operator: which, why, and what to do.</summary>
public sealed class CloudUnreadableException(string message, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>The server was away, not a setting wrong or a right missing.</summary>
    public bool RetryCanHelp => InnerException is MySqlException
    {
        ErrorCode: not (MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.TableAccessDenied
            or MySqlErrorCode.ColumnAccessDenied or MySqlErrorCode.UnknownDatabase)
    };

    internal static CloudUnreadableException Because(MySqlException failure, DatabaseAddress database) => new(
        failure.ErrorCode switch
        {
            MySqlErrorCode.AccessDenied or MySqlErrorCode.DatabaseAccessDenied or MySqlErrorCode.TableAccessDenied or MySqlErrorCode.ColumnAccessDenied =>
                $"The database {database} refuses the user {database.User}. Look at the password in the connection string's file, and grant that user SELECT on this database.",
            MySqlErrorCode.UnknownDatabase =>
                $"There is no database {database}. Say in Recovery:OpenStack what it is called.",
            MySqlErrorCode.UnableToConnectToHost =>
                $"The database {database} does not answer. It has to run and be reachable from here; if it is elsewhere, say in Recovery:OpenStack where.",
            _ => $"The database {database} could not be read: {failure.Message.TrimEnd('.')}. It has to run, be reachable from here, and let {database.User} read.",
        },
        failure);

    /// <summary>EF wraps what it takes for passing.</summary>
    internal static MySqlException? WordsOf(Exception failure) =>
        failure as MySqlException ?? (failure.InnerException is { } inner ? WordsOf(inner) : null);
}
