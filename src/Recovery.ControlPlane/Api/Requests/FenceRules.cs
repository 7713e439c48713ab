using System.Text.RegularExpressions;
using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Recoveries;

namespace Recovery.ControlPlane.Api.Requests;

/// <summary>
/// What a host may say of its fence agents. Only programs of the configured directory can be named, and secrets only
/// by the file or environment variable that they are in: what comes over the API is stored and shown again.
/// </summary>
internal sealed partial class FenceRules(FencingOptions options)
{
    // What an agent does is the control plane's to say; what it logs about itself may hold its secrets.
    private static readonly string[] Reserved = ["action", "option", "agent", "verbose", "verbose_level", "debug", "debug_file"];

    public void CheckAgent(string agent, string pointer, List<Fault> faults)
    {
        if (!AgentName().IsMatch(agent))
        {
            faults.Add(new(FaultCodes.InvalidValue,
                $"{Shown.Text(agent)} is no name of a fence agent: fence_ and then lower case letters, digits and underscores. It is a name, not a path.")
            { Pointer = pointer });
        }
        else if (!File.Exists(Path.Combine(options.AgentDirectory, agent)))
        {
            faults.Add(new(FaultCodes.UnknownAgent,
                $"There is no {agent} in {options.AgentDirectory} of the control plane.{Nearest.Hint(agent, Installed())} Install it there, or set Recovery:Fencing:AgentDirectory.")
            { Pointer = pointer });
        }
    }

    /// <summary>The value is never repeated: it may be a secret in the wrong place.</summary>
    public void CheckOption(string name, string value, string pointer, List<Fault> faults)
    {
        if (!CheckName(name, pointer, faults))
        {
            return;
        }

        if (SecretName().IsMatch(name))
        {
            faults.Add(new(FaultCodes.SecretInOptions,
                $"{name} is a secret, and options are stored and shown. Put it into a file in {options.SecretsDirectory} on the control plane, readable by its owner alone, and give the file's name: \"secretOptions\":{{\"{name}\":\"FILE\"}}.")
            { Pointer = pointer });
        }
        else if (value.Length > 1000 || value.Any(char.IsControl))
        {
            faults.Add(new(FaultCodes.InvalidValue, $"The value of {name} has control characters or is longer than 1000. Agents read one line for each option.")
            { Pointer = pointer });
        }
    }

    public void CheckSecret(string name, string written, string pointer, List<Fault> faults)
    {
        if (!CheckName(name, pointer, faults))
        {
            return;
        }

        // What is written is not repeated where it is no reference: it may be the secret itself.
        var reference = SecretReference.Parse(written);
        if (reference is null)
        {
            faults.Add(new(FaultCodes.InvalidValue,
                $"The value of {name} in secretOptions has to be the name of a file in {options.SecretsDirectory} (letters, digits, points, dashes and underscores, no slash, at most 128), or {SecretReference.EnvironmentForm} for an environment variable of the control plane. It is not the secret itself.")
            { Pointer = pointer });
        }
        else if (reference.Variable is { } variable && SecretReference.Environment(variable) is null)
        {
            faults.Add(new(FaultCodes.UnknownSecretVariable,
                $"The control plane has no environment variable of the name that {name} gives. Set it and start the control plane again, or put the secret into a file in {options.SecretsDirectory}, which needs no restart.")
            { Pointer = pointer });
        }
        else if (reference.File is { } file && !File.Exists(Path.Combine(options.SecretsDirectory, file)))
        {
            faults.Add(new(FaultCodes.UnknownSecretFile,
                $"{options.SecretsDirectory} of the control plane has no file of the name that {name} gives. Create it there, readable by the control plane alone; the value of {name} is its name, not the secret itself.")
            { Pointer = pointer });
        }
    }

    private static bool CheckName(string name, string pointer, List<Fault> faults)
    {
        if (!OptionName().IsMatch(name))
        {
            faults.Add(new(FaultCodes.InvalidValue, $"{Shown.Text(name)} is no name of an option: letters, digits, dashes and underscores, at most 64.")
            { Pointer = pointer });
            return false;
        }

        if (Reserved.Contains(name, StringComparer.OrdinalIgnoreCase))
        {
            faults.Add(new(FaultCodes.ReservedOption, $"{name} is the control plane's to give when it calls the agent. Leave it out.") { Pointer = pointer });
            return false;
        }

        if (ProgramName().IsMatch(name))
        {
            faults.Add(new(FaultCodes.ReservedOption, $"{name} names a program that the agent runs; over the API that can't be chosen. Leave it out.") { Pointer = pointer });
            return false;
        }

        return true;
    }

    private IEnumerable<string> Installed() => Directory.Exists(options.AgentDirectory)
        ? Directory.EnumerateFiles(options.AgentDirectory, "fence_*").Select(file => Path.GetFileName(file))
        : [];

    [GeneratedRegex(@"\Afence_[a-z0-9_]{1,58}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AgentName();

    [GeneratedRegex(@"\A[A-Za-z0-9_-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex OptionName();

    // fence-agents: ipmitool_path, ssh_path, snmpget_path, passwd_script…
    [GeneratedRegex(@"(tool|ssh|telnet|plink|snmp[a-z]*|sudo|cli|persist|sg_[a-z]+|vgs|openssl|crm_[a-z]+|cib[a-z]*|corosync[a-z_]*)_path\z|_script\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex ProgramName();

    [GeneratedRegex("passw|passphrase|secret|token|credential|community|(api|private|auth)_?-?key", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();
}
