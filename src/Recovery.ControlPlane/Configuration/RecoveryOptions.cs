using Recovery.Core.Planning;

namespace Recovery.ControlPlane.Configuration;

/// <summary>Everything under <c>Recovery:</c>, from file, environment and command line.</summary>
public sealed record RecoveryOptions
{
    public const string Section = "Recovery";

    public const string Libvirt = "libvirt";
    public const string Nova = "nova";

    /// <summary><c>libvirt</c>: the executors' reports say what there is. <c>nova</c>: an OpenStack cloud's databases do.</summary>
    public string Inventory { get; init; } = Libvirt;

    /// <summary>Of the inventory <c>nova</c>.</summary>
    public OpenStackOptions OpenStack { get; init; } = new();

    public DatabaseOptions Database { get; init; } = new();

    public ExecutorOptions Executors { get; init; } = new();

    public FencingOptions Fencing { get; init; } = new();

    public VolumeOptions Volumes { get; init; } = new();

    public PlannerOptions Planner { get; init; } = new();

    public PlanOptions Plans { get; init; } = new();

    public RunnerOptions Runner { get; init; } = new();
}

/// <summary>The control plane's own database.</summary>
public sealed record DatabaseOptions
{
    public const string Sqlite = "sqlite";
    public const string MySql = "mysql";

    /// <summary><c>sqlite</c>: one file, for one replica. <c>mysql</c>: MySQL, MariaDB or Galera, for any number.</summary>
    public string Provider { get; init; } = Sqlite;

    /// <summary>The SQLite file; created, with its folder, when missing.</summary>
    public string File { get; init; } = "recovery.db";

    /// <summary>
    /// A file with MySQL's connection string, which is a secret:
    /// <c>Server=db;Port=3306;Database=recovery;User ID=recovery;Password=…</c>
    /// </summary>
    public string ConnectionStringFile { get; init; } = "";

    /// <summary>The same in place of a file; on a command line everybody on the machine can read it.</summary>
    public string ConnectionString { get; init; } = "";

    /// <summary>MySQL's version and kind, as <c>10.11.6-mariadb</c> or <c>8.0.36-mysql</c>; empty: the server is asked.</summary>
    public string ServerVersion { get; init; } = "";

    /// <summary>A MySQL that does not answer at start is tried again for so many seconds.</summary>
    public int WaitSeconds { get; init; } = 60;

    /// <summary>Without the secret: a record would print all of its members.</summary>
    public override string ToString() => $"{nameof(DatabaseOptions)} {{ {nameof(Provider)} = {Provider} }}";
}

/// <summary>How the control plane shows itself to executors that listen on <c>https</c>: mutual TLS, files in PEM.</summary>
public sealed record ExecutorOptions
{
    /// <summary>The control plane's own certificate; empty: none is shown.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The private key of that certificate.</summary>
    public string KeyFile { get; init; } = "";

    /// <summary>Who has to have signed an executor's certificate; empty: whomever the system trusts.</summary>
    public string AuthorityFile { get; init; } = "";
}

public sealed record FencingOptions
{
    /// <summary>Only agents in this directory can be named by a host.</summary>
    public string AgentDirectory { get; init; } = "/usr/sbin";

    /// <summary>Secret options of agents are names of files in this directory.</summary>
    public string SecretsDirectory { get; init; } = "/etc/recovery/secrets";

    /// <summary>A host that could not be fenced is tried again after so many seconds.</summary>
    public int RetrySeconds { get; init; } = 30;
}

public sealed record VolumeOptions
{
    /// <summary>
    /// JSON array of <c>{"targetName","username","password"}</c>: the CHAP passwords of iSCSI targets. Read when it is
    /// needed, so a new volume needs no restart. Empty: no target asks for CHAP.
    /// </summary>
    public string ChapFile { get; init; } = "";
}

/// <summary>Plans that were shown.</summary>
public sealed record PlanOptions
{
    /// <summary>How long a plan can be carried out by its id, in hours.</summary>
    public int KeepHours { get; init; } = 24;
}

public sealed record RunnerOptions
{
    /// <summary>This replica's name, the same after a restart: it takes up again at once what it held before.</summary>
    public string Replica { get; init; } = System.Environment.MachineName;

    /// <summary>How long a step may take, in seconds.</summary>
    public int StepSeconds { get; init; } = 120;

    /// <summary>How long a replica holds a recovery without renewing, in seconds.</summary>
    public int LeaseSeconds { get; init; } = 15;

    /// <summary>Instances brought up at the same time, unless the request says otherwise.</summary>
    public int MaxParallel { get; init; } = 8;

    /// <summary>Instances brought up at the same time on one target.</summary>
    public int MaxParallelPerTarget { get; init; } = 4;

    /// <summary>Instances brought up at the same time on one storage, or behind one portal.</summary>
    public int MaxParallelPerBackend { get; init; } = 8;
}
