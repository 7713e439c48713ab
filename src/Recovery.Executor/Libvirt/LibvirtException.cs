namespace Recovery.Executor.Libvirt;

/// <summary>What libvirt said, with its own code (virErrorNumber) and origin (virErrorDomain).</summary>
internal sealed class LibvirtException(LibvirtErrorCode code, int domain, string message) : Exception(message)
{
    // virErrorDomain: who inside libvirt raised the error.
    private const int FromRpc = 7;
    private const int FromRemote = 13;

    public LibvirtErrorCode Code { get; } = code;

    public int Domain { get; } = domain;

    /// <summary>
    /// The connection broke, so that nobody knows what became of the call. Errors that libvirtd sends carry the
    /// domain of its driver; only the client side of the connection raises those of RPC and of the remote driver.
    /// </summary>
    public bool ConnectionLost => Domain is FromRpc or FromRemote
        || Code is LibvirtErrorCode.Rpc or LibvirtErrorCode.NoConnect or LibvirtErrorCode.InvalidConnection;

    /// <summary>The same call may succeed later without anybody changing anything.</summary>
    public bool RetryCanHelp => ConnectionLost || Code
        is LibvirtErrorCode.OperationTimeout
        or LibvirtErrorCode.ResourceBusy
        or LibvirtErrorCode.NoMemory
        or LibvirtErrorCode.AgentUnresponsive;

    /// <summary>The calling thread's last error. To be called right after the call that failed, on its thread.</summary>
    internal static unsafe LibvirtException Last()
    {
        var error = NativeMethods.virGetLastError();
        var failure = error is null
            ? new LibvirtException(LibvirtErrorCode.InternalError, 0, "libvirt failed and gave no reason")
            : new LibvirtException((LibvirtErrorCode)error->Code, error->Domain, NativeText.Borrowed((nint)error->Message));
        NativeMethods.virResetLastError();
        return failure;
    }
}

/// <summary>No connection to libvirtd at this moment; the session tries again by itself.</summary>
internal sealed class LibvirtUnavailableException(string reason) : Exception(reason);

/// <summary>virErrorNumber: those that decisions depend on.</summary>
internal enum LibvirtErrorCode
{
    Ok = 0,
    InternalError = 1,
    NoMemory = 2,
    NoSupport = 3,
    NoConnect = 5,
    InvalidConnection = 6,
    OperationFailed = 9,
    XmlError = 27,
    SystemError = 38,
    Rpc = 39,
    NoDomain = 42,
    OperationInvalid = 55,
    NoSecret = 66,
    OperationTimeout = 68,
    ArgumentUnsupported = 74,
    OperationUnsupported = 84,
    AgentUnresponsive = 86,
    ResourceBusy = 87,
    CpuIncompatible = 91,
}
