using Recovery.ControlPlane.Fencing;

namespace Recovery.ControlPlane.Tests.Fencing;

public sealed class AgentOutputTests
{
    [Theory]
    [InlineData("login failed for pass", "login failed for ***")]
    [InlineData("passpass", "******")]
    [InlineData("password is pass-two", "***word is ***")]
    [InlineData("?key=a%2Fb&x", "?key=***&x")]
    [InlineData("nothing to see", "nothing to see")]
    public void Given_what_an_agent_printed_when_it_is_scrubbed_then_no_secret_is_left(string printed, string clean) =>
        Assert.Equal(clean, AgentOutput.Scrub(printed, ["pass", "pass-two", "a/b", ""]));

    [Fact]
    public void Given_output_that_was_cut_in_the_middle_of_a_secret_when_it_is_scrubbed_then_its_first_half_is_gone_too()
    {
        var printed = new string('.', AgentOutput.Kept - 3) + "sec";

        Assert.DoesNotContain("sec", AgentOutput.Scrub(printed, ["secret"]), StringComparison.Ordinal);
    }
}
