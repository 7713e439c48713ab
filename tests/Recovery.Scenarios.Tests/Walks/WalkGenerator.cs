namespace Recovery.Scenarios.Tests.Walks;

/// <summary>
/// Throws dice for a walk. What it never does is what nothing could be safe from: a power controller that lies about a
/// host that nobody can hear, and a human who attests what is not so.
/// </summary>
internal sealed class WalkGenerator(int seed)
{
    private readonly Random dice = new(seed ^ 0x5EED);
    private readonly List<string> start = [];
    private readonly List<(int At, string What)> lines = [];
    private readonly List<string> hosts = [];
    private readonly List<string> guests = [];
    private readonly List<string> controlPlanes = [];
    private readonly HashSet<string> controlled = [];

    public Walk Make()
    {
        MakeCluster();
        MakeStory();
        var script = lines.OrderBy(line => line.At).Select(line => $"at {line.At}ms {line.What}").ToList();
        script.Add($"until {lines.Max(line => line.At) + 4000}ms");
        return new Walk(seed, start, script);
    }

    private void MakeCluster()
    {
        start.Add($"settings lease {Pick(4, 6, 15)} step {Pick(10, 30, 120)} fence-retry {Pick(3, 10)} parallel {Pick(1, 2, 8)} per-target {Pick(1, 4)}");
        for (var index = 1; index <= 2 + dice.Next(3); index++)
        {
            var host = $"node{index}";
            hosts.Add(host);
            var controller = Chance(75);
            if (controller)
            {
                controlled.Add(host);
            }

            start.Add($"host {host}{(controller ? " controller works" : "")}{(controller && Chance(15) ? " fed-by-host" : "")}{(Chance(10) ? " memory 1024" : "")}");
        }

        for (var index = 1; index <= 1 + dice.Next(4); index++)
        {
            var guest = $"g{index}";
            var on = Chance(75) ? "node1" : Any(hosts);
            start.Add($"guest {guest} on {on}"
                + (Chance(25) ? $" volume 10.0.0.{1 + dice.Next(2)}{(Chance(30) ? " live" : "")}" : "")
                + (Chance(12) ? " off" : Chance(8) ? " paused" : "")
                + (Chance(20) ? $" priority {dice.Next(100)}" : "")
                + (guests.Count > 0 && Chance(15) ? $" after {Any(guests)}" : "")
                + (Chance(12) ? $" ready {Pick("agent", "tcp")} within {Pick(5, 20)}s after-boot {Pick("1s", "7s", "never")}" : ""));
            guests.Add(guest);
        }

        start.Add("control-plane a");
        controlPlanes.Add("a");
        if (Chance(50))
        {
            start.Add("control-plane b");
            controlPlanes.Add("b");
        }
    }

    private void MakeStory()
    {
        // Something happens to a host, and somebody asks for it to be evacuated.
        var source = Chance(85) ? "node1" : Any(hosts);
        At(0, 2000, Pick($"host {source} power off", $"host {source} power off", $"network {source} cut", $"host {source} executor kill", $"host {source} libvirt stop"));
        At(5500, 3000, $"evacuate {source} insisting");
        if (!controlled.Contains(source) && Chance(60))
        {
            At(8000, 6000, $"attest {source} by Walker truthfully");
        }

        for (var count = dice.Next(7); count > 0; count--)
        {
            Trouble(source);
        }
    }

    private void Trouble(string source)
    {
        var host = Any(hosts);
        var controlPlane = Any(controlPlanes);
        switch (dice.Next(27))
        {
            case 0 or 1 or 2:
                Soon($"control-plane {controlPlane} crash");
                break;
            case 3:
                var killed = Soon($"control-plane {controlPlane} kill");
                At(killed, 15000, $"control-plane {controlPlane} start");
                break;
            case 4:
                Soon($"control-plane {controlPlane} freeze {1 + dice.Next(20)}s");
                break;
            case 5 or 6:
                Soon($"host {host} executor crash");
                break;
            case 7:
                var cut = Soon($"network {host} {Pick("cut", "answers-lost")}{(Chance(40) ? $" from {controlPlane}" : "")}");
                At(cut, 9000, $"network {host} join");
                break;
            case 8:
                Soon($"network {host} delay {dice.Next(2500)}ms");
                break;
            case 9:
                var off = Soon($"host {host} power off");
                At(off, 20000, $"host {host} power on");
                break;
            case 10:
                At(7000, 12000, $"host {source} power on");
                break;
            case 11:
                Soon($"host {host} power cycle");
                break;
            case 12:
                var stopped = Soon($"host {host} libvirt stop");
                At(stopped, 20000, $"host {host} libvirt start");
                break;
            case 13 when controlled.Count > 0:
                var moody = Any([.. controlled.Order(StringComparer.Ordinal)]);
                var mood = At(0, 9000, $"controller {moody} {Pick("wrong-password", "unreachable", "hangs", "stuck")}");
                if (Chance(60))
                {
                    At(mood, 20000, $"controller {moody} works");
                }

                break;
            case 14 or 15 or 16:
                At(0, 7000, $"fault {host} {Pick("connect-volumes", "check-disks", "define", "start", "verify", "commit", "undefine", "stop", "disconnect").Replace("commit", "start", StringComparison.Ordinal)} "
                    + Pick("libvirt-refused", "libvirt-unavailable retry", "internal", "hangs", "libvirt-refused 3 times", "internal retry 2 times"));
                break;
            case 17:
                Soon($"replay {host}");
                break;
            case 18:
                At(0, 8000, $"guest {Any(guests)} dies");
                break;
            case 19:
                var lost = At(0, 8000, $"disk {Any(guests)} lost");
                At(lost, 15000, $"disk {Any(guests)} found");
                break;
            case 20:
                Soon("cancel");
                break;
            case 21:
                At(10000, 15000, $"retry {Any(guests)}");
                break;
            case 23:
                // What the former driver sent arrives after another has taken over.
                var parted = At(6500, 4500, $"network {host} cut from {controlPlane}");
                At(parted + 100, 2500, $"control-plane {controlPlane} kill");
                At(parted + 6000, 9000, $"network {host} join");
                break;
            case 24 when controlPlanes.Count > 1:
                At(6500, 4500, $"control-plane {controlPlane} freeze {6 + dice.Next(14)}s");
                break;
            case 25:
                At(6500, 5000, $"host {host} executor crash");
                At(6500, 5000, $"host {host} executor crash");
                break;
            case 22:
                At(5500, 5000, $"evacuate {(Chance(60) ? source : host)}{(Chance(50) ? $" to {Any(hosts)}" : "")} insisting");
                break;
            default:
                At(0, 8000, $"portal 10.0.0.1 lost{(Chance(50) ? $" from {host}" : "")}");
                break;
        }
    }

    private int Soon(string what) => At(5000, 9000, what);

    private int At(int from, int within, string what)
    {
        var at = from + dice.Next(within);
        lines.Add((at, what));
        return at;
    }

    private bool Chance(int percent) => dice.Next(100) < percent;

    private string Any(List<string> of) => of[dice.Next(of.Count)];

    private T Pick<T>(params T[] of) => of[dice.Next(of.Length)];
}
