using System.Globalization;
using Recovery.ControlPlane.Inventory.Libvirt;
using Recovery.ControlPlane.Inventory.Reports;
using Recovery.Core.Inventory;

namespace Recovery.ControlPlane.Tests.Inventory.Libvirt;

/// <summary>
/// The rules of belonging as a table. Copies are written as <c>host:state</c>, with <c>?</c> for a host that is not up.
/// </summary>
public sealed class BelongingTests
{
    [Theory]

    // Unknown until now.
    [InlineData("-", "g:off", "", "g", "")]
    [InlineData("-", "g:off h:run", "", "h", "")]
    [InlineData("-", "g:run h:run", "", "g", "h")]
    [InlineData("-", "", "", "-", "")]

    // It stays where it is.
    [InlineData("g", "g:run", "", "g", "")]
    [InlineData("g", "g:off", "", "g", "")]
    [InlineData("g", "g:run h:off", "", "g", "")]
    [InlineData("g", "g:off h:off", "", "g", "")]
    [InlineData("g", "g:off h:paused", "", "g", "")]

    // An operator migrated it: it runs on h, and g, which is up, says that it does not run there.
    [InlineData("g", "g:off h:run", "", "h", "")]
    [InlineData("g", "g:crashed h:run", "", "h", "")]
    [InlineData("g", "g:paused h:run", "", "h", "")]

    // ... but a silent g can't be believed, and neither can a silent h.
    [InlineData("g", "g?:off h:run", "", "g", "")]
    [InlineData("g", "g:off h?:run", "", "g", "")]

    // Two copies, or a migration in progress.
    [InlineData("g", "g:run h:run", "", "g", "h")]
    [InlineData("g", "g:run h:paused", "", "g", "h")]
    [InlineData("g", "g?:run h:run", "", "g", "h")]
    [InlineData("g", "g:off h:run i:run", "", "g", "h,i")]

    // What a dead host leaves behind is no rival of the copy that was recovered from it.
    [InlineData("h", "g?:run h:run", "", "h", "")]
    [InlineData("h", "g:off h:run", "", "h", "")]
    [InlineData("h", "g:run h:run", "", "h", "g")]

    // Gone from its host while that host reports.
    [InlineData("g", "h:off i:run", "", "i", "")]
    [InlineData("g", "h?:run i:off", "", "h", "")]
    [InlineData("g", "h?:off i:off", "", "i", "")]
    [InlineData("g", "h:off", "", "h", "")]
    [InlineData("g", "", "", "-", "")]
    [InlineData("g?", "", "", "g", "")]
    [InlineData("g?", "h:run", "", "g", "")]

    // A live recovery holds it: only its commit moves it, and its own copy on its target is what it is for.
    [InlineData("g?", "g?:run h:run", "h", "g", "")]
    [InlineData("g?", "g?:run h:run", "i", "g", "h")]
    [InlineData("g", "g:run h:run", "h", "g", "h")]
    [InlineData("g", "g:off h:run", "h", "g", "")]
    [InlineData("g", "g:off h:run", "i", "g", "")]
    [InlineData("g", "h:run", "h", "g", "")]
    [InlineData("g", "", "h", "g", "")]
    public void Belongs_to(string owner, string copies, string recoveringTo, string belongsTo, string rivals)
    {
        var seen = copies.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Copy).ToList();
        var known = owner == "-" ? null : owner.TrimEnd('?');
        var isUp = known is not null && !owner.EndsWith('?') && !seen.Exists(copy => copy.Host == known && !copy.HostIsUp);

        var verdict = Belonging.Of(known, isUp, seen, recoveringTo.Length > 0 ? new RecoveryHold(recoveringTo) : null);

        Assert.Equal(belongsTo, verdict.Host ?? "-");
        Assert.Equal(rivals, string.Join(',', verdict.Rivals));
    }

    private static DomainCopy Copy(string text)
    {
        var (host, state) = (text.Split(':')[0], text.Split(':')[1]);
        return new DomainCopy(
            host.TrimEnd('?'),
            state switch { "run" => DomainState.Running, "off" => DomainState.ShutOff, _ => Enum.Parse<DomainState>(CultureInfo.InvariantCulture.TextInfo.ToTitleCase(state)) },
            !host.EndsWith('?'));
    }
}
