using Recovery.ControlPlane.Executors;
using Recovery.ControlPlane.Fencing;
using Recovery.ControlPlane.Recoveries;
using Recovery.ControlPlane.Tests.Inventory;

namespace Recovery.ControlPlane.Tests.Recoveries;

/// <summary>What an executor says of itself becomes evidence that a human can read.</summary>
public sealed class HostFenceTests : IExecutorFence
{
    private readonly List<ExecutorFenceOrder> orders = [];
    private ExecutorWord word = new(true, true, [], "", MayHaveBegun: true);

    public static TheoryData<bool, string[], string, string> Words => new()
    {
        { true, [], "", "it found none, and saw that none is left" },
        { true, ["web", "db"], "", "it ended 2 (web, db), and saw that none is left" },
        { true, ["web"], "web took 3 s.", "it ended 1 (web), and saw that none is left: web took 3 s" },
        { false, ["web"], "db does not die.", "db does not die" },
        { false, [], "", "it did not confirm that no guest is left" },
    };

    [Theory]
    [MemberData(nameof(Words))]
    public async Task An_executors_word_is_told_in_words(bool confirmed, string[] ended, string message, string sentence)
    {
        word = new ExecutorWord(true, confirmed, ended, message, MayHaveBegun: confirmed);
        var order = new FenceOrder(Guid.CreateVersion7(), 3);

        var said = await new HostFence(this).TellAsync(Some.Host("node1", "http://n:1"), order, TestContext.Current.CancellationToken);

        Assert.Equal(new HostWord(true, confirmed, sentence, confirmed), said);
        Assert.Equal(new ExecutorFenceOrder("node1", "http://n:1", order.Recovery, 3), Assert.Single(orders));
    }

    [Fact]
    public async Task Asked_what_became_of_an_order_it_is_given_no_new_one()
    {
        await new HostFence(this).AskAsync(Some.Host("node1", "http://n:1"), new FenceOrder(Guid.CreateVersion7(), 3), TestContext.Current.CancellationToken);

        Assert.True(Assert.Single(orders).OnlyIfBegun);
    }

    public Task<ExecutorWord> AskAsync(ExecutorFenceOrder order, CancellationToken cancellationToken)
    {
        orders.Add(order);
        return Task.FromResult(word);
    }
}
