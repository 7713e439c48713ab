using Recovery.ControlPlane.Detection;

namespace Recovery.ControlPlane.Tests.Detection;

public sealed class ReconnectDelayTests
{
    [Theory]
    [InlineData(1, 0, 0.5)]
    [InlineData(2, 0, 1)]
    [InlineData(3, 0, 2)]
    [InlineData(4, 0, 4)]
    [InlineData(5, 0, 5)]
    [InlineData(1_000_000, 0, 5)]
    [InlineData(1, 0.5, 0.375)]
    [InlineData(5, 1, 2.5)]
    public void Given_failures_in_a_row_then_the_delay_doubles_up_to_its_longest_and_jitter_shortens_it(
        int failures, double jitter, double seconds) =>
        Assert.Equal(seconds, ReconnectDelay.After(failures, jitter).TotalSeconds, 3);
}
