using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Recovery.Labs;

/// <summary>
/// The BMC of one host: OpenIPMI's ipmi_sim, which speaks real IPMI over LAN on a loopback port and pulls the host's
/// power cord. It has power of its own, so it answers while its host is off. A teardown of the lab ends it, too.
/// </summary>
public sealed class PowerController : IAsyncDisposable
{
    public const string Username = "recovery";
    private const string Agent = "fence_ipmilan";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly LabState _state;
    private readonly string _host;
    private Process? _process;

    private PowerController(LabState state, string host, int port, string password) =>
        (_state, _host, Port, Password) = (state, host, port, password);

    private static string Address => "127.0.0.1";

    /// <summary>UDP.</summary>
    public int Port { get; }

    public string Password { get; }

    /// <summary>IPMI takes up to 20 characters.</summary>
    public static string NewPassword() => RandomNumberGenerator.GetHexString(12, lowercase: true);

    private string Directory => $"{_state.Directory}/bmcs/{_host}";

    private string Claims => $"{Directory}/claims";

    /// <summary>Returns when it answers. The real fence agent is put beside the lab's own, where a control plane finds both.</summary>
    public static async Task<PowerController> StartAsync(
        Lab lab, string host, string? password = null, CancellationToken cancellationToken = default)
    {
        foreach (var program in (string[])["/usr/bin/ipmi_sim", "/usr/bin/ipmitool", $"/usr/sbin/{Agent}"])
        {
            if (!File.Exists(program))
                throw new LabException($"This machine lacks {program}. Install it with: apt-get install --no-install-recommends openipmi ipmitool fence-agents");
        }

        var controller = new PowerController(new LabState(lab.Name), lab.Host(host).Name, FreePort(), password ?? NewPassword());
        var agent = $"{Path.GetDirectoryName(lab.FenceAgent)}/{Agent}";
        if (!File.Exists(agent)) File.CreateSymbolicLink(agent, $"/usr/sbin/{Agent}");
        try
        {
            await controller.StartAsync(cancellationToken);
            return controller;
        }
        catch
        {
            await controller.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// As the control plane is told of it. A fixed cipher suite, or ipmitool first asks for a list that many BMCs, and
    /// this one, never send: ten seconds for each call.
    /// </summary>
    /// <param name="password">Where the password is: the name of a file of secrets, or <c>env:NAME</c>.</param>
    /// <param name="timeoutSeconds">For each call of the agent.</param>
    public object FenceLevel(string password, int timeoutSeconds = 20) => new
    {
        agent = Agent,
        options = new Dictionary<string, string>
        {
            ["ip"] = Address,
            ["ipport"] = Port.ToString(CultureInfo.InvariantCulture),
            ["username"] = Username,
            ["lanplus"] = "1",
            ["cipher"] = "3",
        },
        secretOptions = new Dictionary<string, string> { ["password"] = password },
        timeoutSeconds,
        tries = 1,
    };

    /// <summary>From now on it says that the host is on, or off, and does nothing that it is told.</summary>
    public Task ClaimAsync(string power, CancellationToken cancellationToken = default) => LabState.WriteAsync(Claims, power, cancellationToken);

    /// <summary>It claims something, and has been told to switch its host off.</summary>
    public bool WasToldOff => File.Exists($"{Directory}/told") && File.ReadLines($"{Directory}/told").Contains("off");

    public ValueTask DisposeAsync()
    {
        _process?.Dispose();
        _process = null;
        Remove(Directory);
        return ValueTask.CompletedTask;
    }

    /// <summary>Ends all that a lab has, also those that a crash left.</summary>
    internal static void RemoveAll(LabState state)
    {
        var all = $"{state.Directory}/bmcs";
        foreach (var directory in System.IO.Directory.Exists(all) ? System.IO.Directory.GetDirectories(all) : []) Remove(directory);
    }

    private static void Remove(string directory)
    {
        // A pid may have been given to somebody else meanwhile; only one that works in our directory is ours.
        if (File.Exists($"{directory}/pid")
            && int.TryParse(File.ReadAllText($"{directory}/pid"), CultureInfo.InvariantCulture, out var pid)
            && new FileInfo($"/proc/{pid}/cwd").LinkTarget == directory)
        {
            using var left = Process.GetProcessById(pid);
            left.Kill();
            left.WaitForExit();
        }

        if (System.IO.Directory.Exists(directory)) System.IO.Directory.Delete(directory, recursive: true);
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        Remove(Directory);
        System.IO.Directory.CreateDirectory($"{Directory}/state");
        await LabState.WriteAsync($"{Directory}/lan.conf", Configuration(), LabState.Private, cancellationToken);
        await LabState.WriteAsync($"{Directory}/bmc.emu", Emulation, cancellationToken);

        // A session of its own, so that Ctrl-C at the terminal does not end it before its lab.
        _process = Process.Start(new ProcessStartInfo(
            "setsid", ["bash", "-c", "echo $$ > pid; exec ipmi_sim -n -c lan.conf -f bmc.emu -s state > log 2>&1 < /dev/null"])
        {
            WorkingDirectory = Directory,
        }) ?? throw new LabException("ipmi_sim could not be started.");
        await AnswersAsync(cancellationToken);
    }

    private async Task AnswersAsync(CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        ToolResult said;
        do
        {
            said = await Tool.TryAsync(
                "ipmitool",
                ["-I", "lanplus", "-C", "3", "-N", "1", "-R", "1", "-H", Address, "-p", $"{Port}", "-U", Username, "-P", Password, "power", "status"],
                cancellationToken);
            if (said.ExitCode == 0) return;
            await Task.Delay(100, cancellationToken);
        }
        while (_process is { HasExited: false } && TimeProvider.System.GetElapsedTime(begin) < Patience);
        throw new LabException(
            $"The BMC of {_host} does not answer: {said.Error.Trim()} Its last words: {(File.Exists($"{Directory}/log") ? File.ReadAllText($"{Directory}/log") : "none")}");
    }

    private string Configuration() => $"""
        name "{_host}"
        set_working_mc 0x20
          startlan 1
            addr {Address} {Port}
            priv_limit admin
            allowed_auths_callback md5
            allowed_auths_user md5
            allowed_auths_operator md5
            allowed_auths_admin md5
            guid a123456789abcdefa123456789abcdef
          endlan
          chassis_control "{_state.Tools}/bmc-chassis {_state.Directory} {_host} 0x20"
          user 2 true "{Username}" "{Password}" admin 10 md5

        """;

    // One management controller, of no maker, that is switched on.
    private const string Emulation = """
        mc_setbmc 0x20
        mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
        mc_enable 0x20

        """;

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
