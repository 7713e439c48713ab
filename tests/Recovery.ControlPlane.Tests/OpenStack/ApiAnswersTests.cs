using Recovery.ControlPlane.Configuration;
using Recovery.ControlPlane.Inventory.OpenStack;
using Recovery.ControlPlane.Inventory.OpenStack.Api;
using Recovery.ControlPlane.Tests.OpenStack.Api;

namespace Recovery.ControlPlane.Tests.OpenStack;

/// <summary>Which APIs a plan can count on.</summary>
public sealed class ApiAnswersTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_is_asked_by_itself()
    {
        await using var cloud = await ReplayedCloud.StartAsync();
        cloud.Answer = asked => asked.Path.Contains("os-services", StringComparison.Ordinal) ? "services"
            : asked.Path.Contains("ports", StringComparison.Ordinal) ? null : "attachments-old";
        using var apis = cloud.Apis();

        var answers = await ApiAnswers.AskAsync(apis, cloud.Options, TimeProvider.System, Cancellation);

        Assert.Null(answers.Compute);
        Assert.Null(answers.BlockStorage);
        Assert.StartsWith("Neutron at ", answers.Network, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_address_nobody_is_asked()
    {
        using var apis = new OpenStackApis(new OpenStackOptions(), TimeProvider.System);

        Assert.Equal(ApiAnswers.NotConfigured, await ApiAnswers.AskAsync(apis, new OpenStackOptions(), TimeProvider.System, Cancellation));
    }

    // By its own clock, which has no patience.
    [Fact]
    public async Task Who_takes_too_long_does_not_hold_up_the_plan()
    {
        await using var cloud = await ReplayedCloud.StartAsync();
        using var release = new ManualResetEventSlim();
        cloud.Answer = _ =>
        {
            release.Wait(Cancellation);
            return null;
        };
        using var apis = cloud.Apis();

        var answers = await ApiAnswers.AskAsync(apis, cloud.Options, new HastyTime(), Cancellation);

        release.Set();
        Assert.Equal(
            new ApiAnswers("Nova did not answer within 10 s.", "Cinder did not answer within 10 s.", "Neutron did not answer within 10 s."), answers);
    }
}
