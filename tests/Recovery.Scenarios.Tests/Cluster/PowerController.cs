namespace Recovery.Scenarios.Tests.Cluster;

internal enum ControllerMood
{
    Works,
    WrongPassword,
    Unreachable,

    /// <summary>It says off, and the host runs on.</summary>
    Lies,

    /// <summary>It never answers.</summary>
    Hangs,

    /// <summary>It says on for ever, whatever it is told.</summary>
    Stuck,
}

/// <summary>A BMC, as a fence agent finds it.</summary>
internal sealed class PowerController(SimulatedHost host)
{
    private bool saysOff;

    public ControllerMood Mood { get; set; } = ControllerMood.Works;

    /// <summary>It hangs on its host's own power.</summary>
    public bool FedByHost { get; set; }

    public void HostLostPower()
    {
        if (FedByHost)
        {
            Mood = ControllerMood.Unreachable;
        }
    }

    /// <summary>An exit code as FenceAgentAPI has it, and what the agent prints; null: it never answers.</summary>
    public (int Code, string Output)? Ask(string action)
    {
        switch (Mood)
        {
            case ControllerMood.WrongPassword:
                return (1, "Unable to connect/login to fencing device");
            case ControllerMood.Unreachable:
                return (1, "Connection timed out");
            case ControllerMood.Hangs:
                return null;
            case ControllerMood.Lies:
                saysOff |= action == "off";
                return action == "off" ? (0, "Success: Powered OFF") : saysOff ? (2, "Status: OFF") : (0, "Status: ON");
            case ControllerMood.Stuck:
                return action == "off" ? (0, "Success: Powered OFF") : (0, "Status: ON");
        }

        if (action == "off")
        {
            host.PowerOff();
            return (0, "Success: Powered OFF");
        }

        return host.Powered ? (0, "Status: ON") : (2, "Status: OFF");
    }
}
