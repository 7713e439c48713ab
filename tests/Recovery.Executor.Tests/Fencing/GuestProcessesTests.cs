using Recovery.Executor.Fencing;

namespace Recovery.Executor.Tests.Fencing;

/// <summary>Who is a guest, who only looks like one, and that the one is seen to end.</summary>
public sealed class GuestProcessesTests : IDisposable
{
    private const string Web = "11111111-2222-4333-8444-555555555555";
    private readonly StandInGuests guests = new();

    public void Dispose() => guests.Dispose();

    [Theory]
    [InlineData("qemu-system-x86_64")]
    [InlineData("qemu-system-aarch64")]
    [InlineData("qemu-kvm")]
    public async Task A_guest_is_known_by_its_program_its_name_and_its_UUID(string program)
    {
        var process = guests.Start(program, "web", Web.ToUpperInvariant());
        await Tool.Until(() => Find().Count == 1, "it is seen");
        var guest = Assert.Single(Find());
        Assert.Equal((process.Id, "web", Web, program, true, false), (guest.Id, guest.Name, guest.Uuid, guest.Program, guest.IsQemu, guest.IsEnding));
    }

    [Fact]
    public async Task Another_program_with_a_guest_s_words_is_no_QEMU_and_one_without_them_is_nobody()
    {
        guests.Start("my-emulator", "web", Web);
        guests.Start("qemu-nbd", "", "");
        guests.Start("qemu-system-x86_64", "", ""); // as libvirt runs it to ask what it can
        await Tool.Until(() => Find().Count == 1, "it is seen");
        Assert.False(Assert.Single(Find()).IsQemu);
    }

    [Fact]
    public async Task A_killed_guest_is_over_when_the_kernel_says_so_and_its_zombie_is_no_guest()
    {
        var process = guests.Start("qemu-system-x86_64", "web", Web);
        await Tool.Until(() => Find().Count == 1, "it is seen");
        var guest = Find()[0];
        using (var end = ProcessEnd.Begin(guest)!) Assert.True(end.IsOver(TimeSpan.FromSeconds(5)));
        Assert.Empty(Find());
        process.WaitForExit();
        Assert.Equal(128 + 9, process.ExitCode);
        Assert.Null(ProcessEnd.Begin(guest));
    }

    [Fact]
    public async Task A_number_that_became_another_process_s_is_not_killed()
    {
        var process = guests.Start("qemu-system-x86_64", "web", Web);
        await Tool.Until(() => Find().Count == 1, "it is seen");
        var earlier = Find()[0] with { StartedAt = 1 };
        Assert.Null(ProcessEnd.Begin(earlier));
        Assert.False(process.HasExited);
    }

    [Fact]
    public async Task A_guest_of_another_PID_namespace_is_another_host_s()
    {
        // The stand-in opens a namespace within its own process tree, and becomes a guest there.
        var outer = guests.Start("qemu-system-x86_64", "", "", $"unshare --pid --fork --kill-child $0 -c 'sleep 600 & wait' -S -name guest=web -uuid {Web}; true");
        await Tool.Until(() => Descendants(outer.Id).Any(IsInnerGuest), "the inner guest is there");
        var inner = Descendants(outer.Id).First(IsInnerGuest);
        guests.Show(inner);
        Assert.NotEqual(new FileInfo("/proc/self/ns/pid").LinkTarget, new FileInfo($"/proc/{inner}/ns/pid").LinkTarget);
        Assert.Empty(Find());

        static bool IsInnerGuest(string id) => File.ReadAllText($"/proc/{id}/cmdline").Contains("guest=web", StringComparison.Ordinal)
            && new FileInfo($"/proc/{id}/exe").LinkTarget!.EndsWith("qemu-system-x86_64", StringComparison.Ordinal)
            && new FileInfo($"/proc/{id}/ns/pid").LinkTarget != new FileInfo("/proc/self/ns/pid").LinkTarget;
    }

    private static IEnumerable<string> Descendants(object id)
    {
        foreach (var child in File.ReadAllText($"/proc/{id}/task/{id}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            yield return child;
            foreach (var grandchild in Descendants(child)) yield return grandchild;
        }
    }

    private IReadOnlyList<GuestProcess> Find() => new GuestProcesses(guests.Proc).Find();
}
