using Recovery.ControlPlane.Configuration;

namespace Recovery.ControlPlane.Tests.Configuration;

public sealed class NearestTests
{
    [Theory]
    [InlineData("nod1", "node1")]
    [InlineData("ndoe1", "node1")]
    [InlineData("NODE1", "node1")]
    [InlineData("node12", "node1")]
    [InlineData("host", "hosts")]
    [InlineData("completely-different", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void A_slip_is_told_from_another_word(string word, string? expected)
    {
        Assert.Equal(expected, Nearest.To(word, ["node1", "hosts", "instances"]));
    }
}
