using System.Globalization;

namespace Recovery.OpenStack.Tests;

/// <summary>
/// What a guest says on its console (tests/Lab/OpenStack/guest/init): how often it was started, counted on its own disk, and
/// which disks it sees. libvirt empties the console's file at each start; the count is the disk's.
/// </summary>
internal sealed record GuestLog(int Starts, int Beats, string Disks)
{
    public static GuestLog Of(string file)
    {
        var (starts, beats, disks) = (0, 0, "");
        foreach (var words in File.Exists(file) ? File.ReadLines(file).Select(line => line.Trim().Split(' ')) : [])
        {
            switch (words)
            {
                case ["START", var count] when int.TryParse(count, CultureInfo.InvariantCulture, out var number):
                    (starts, beats) = (number, 0);
                    break;
                case ["BEAT", var count, .. var seen] when int.TryParse(count, CultureInfo.InvariantCulture, out var number):
                    (beats, disks) = (number, string.Join(' ', seen));
                    break;
            }
        }

        return new(starts, beats, disks);
    }
}
