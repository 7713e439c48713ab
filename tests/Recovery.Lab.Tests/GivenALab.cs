using System.Net.Sockets;

namespace Recovery.Labs.Tests;

/// <summary>Tests that raise a lab run one after another: they share its name and subnet.</summary>
[Collection("lab")]
public abstract class GivenALab : IAsyncLifetime
{
    protected const string Name = "labtest";
    protected const int Subnet = 79;

    protected static readonly LabOptions Options = new() { Name = Name, Subnet = Subnet, Hosts = 2 };
    protected static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    protected static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <summary>After every test, and by what this machine shows, not by what the lab believes of itself.</summary>
    public ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Assert.Empty(Traces.Of(Name, Subnet));
        return ValueTask.CompletedTask;
    }

    protected static Task<Lab> ALabAsync() => Lab.UpAsync(Options, Cancel);

    /// <summary>Whether libvirt's TCP port of a host can be reached from the machine that runs the lab.</summary>
    protected static async Task<bool> IsReachedAsync(LabHost host)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(1.5));
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(host.Address, 16509, patience.Token);
            return true;
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !Cancel.IsCancellationRequested))
        {
            return false;
        }
    }

    // A zombie holds nothing: some machines' init takes its time to reap.
    protected static void AssertAllGone(IReadOnlyList<MachineProcess> processes)
    {
        Assert.NotEmpty(processes);
        Assert.All(processes, p => Assert.False(
            File.Exists($"/proc/{p.Pid}/stat") && !File.ReadAllText($"/proc/{p.Pid}/stat").Contains(") Z ", StringComparison.Ordinal),
            $"{p} survived the power cut"));
    }

    protected static Task<CanaryStory> BeatsOnAsync(Lab lab, string guest, int from) => lab.StoryAsync(guest, s => s.LastBeat > from + 1, Soon, Cancel);
}
