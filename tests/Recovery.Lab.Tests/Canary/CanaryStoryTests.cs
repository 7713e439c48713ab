namespace Recovery.Labs.Tests;

public class CanaryStoryTests
{
    private const string Run = "\r\nCANARY generation=0002 token=1A2B3C4D drive=81\r\n";

    [Theory]
    [InlineData("", 0, 0, 0, false)]
    [InlineData(Run, 1, 2, 0, false)]
    [InlineData(Run + "beat 0001\r\nbeat 0002\r\n", 1, 2, 2, false)]
    [InlineData(Run + "beat 0041\r\nbeat 00", 1, 2, 41, false)]
    [InlineData("\r\nCANARY generation=0002 token=1A2B", 0, 0, 0, false)]
    [InlineData(Run + "beat 0007\r\nSPLIT-BRAIN\r\n", 1, 2, 7, true)]
    [InlineData(Run + "beat 00SPLIT-BRAIN\r\n", 1, 2, 0, true)]
    [InlineData(Run + "beat 0009\r\n\r\nCANARY generation=0003 token=00000001 drive=81\r\nbeat 0001\r\n", 2, 3, 1, false)]
    [InlineData(Run + "\r\nCANARY generation=12345 token=00000001 drive=80\r\nbeat 10000\r\n", 2, 12345, 10000, false)]
    public void a_serial_log_is_read_run_by_run_and_half_a_line_says_nothing(string log, int runs, int generation, int beat, bool splitBrain)
    {
        var story = CanaryStory.Parse(log);
        Assert.Equal((runs, generation, beat, splitBrain), (story.Runs.Count, story.Generation, story.LastBeat, story.SplitBrain));
    }

    [Fact]
    public void a_split_brain_belongs_to_the_run_that_said_it()
    {
        var story = CanaryStory.Parse(Run + "SPLIT-BRAIN\r\n" + Run + "beat 0001\r\n");
        Assert.Equal([true, false], story.Runs.Select(r => r.SplitBrain));
        Assert.True(story.SplitBrain);
    }
}
