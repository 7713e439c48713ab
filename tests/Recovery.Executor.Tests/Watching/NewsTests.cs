using Recovery.Executor.Watching;
using Recovery.Protocol.V1;

namespace Recovery.Executor.Tests.Watching;

public sealed class NewsTests
{
    [Theory]
    [InlineData(100, 512, false)] // nothing moved
    [InlineData(95, 512, false)] // a twentieth of the storage
    [InlineData(94, 512, true)]
    [InlineData(100, 487, false)] // 50 of 1000 MiB in pages of 2 MiB
    [InlineData(100, 486, true)]
    public void Free_space_and_free_pages_are_news_when_a_twentieth_moved(ulong freeMib, ulong freePages, bool isNews) =>
        Assert.Equal(isNews, News.IsIn(Report(freeMib, freePages), Report(100, 512)));

    [Fact]
    public void Anything_else_is_news_at_once()
    {
        var changed = Report(100, 512);
        changed.Networks.Add("tenants");
        Assert.True(News.IsIn(changed, Report(100, 512)));
        var grown = Report(100, 512);
        grown.NumaCells.Add(new NumaCell { Id = 1, MemoryMib = 1000 });
        Assert.True(News.IsIn(grown, Report(100, 512)));
    }

    private static NodeReport Report(ulong freeMib, ulong freePages) => new()
    {
        Storages = { new Protocol.V1.Storage { Id = "a", FreeMib = freeMib, SizeMib = 100 } },
        NumaCells = { new NumaCell { MemoryMib = 1000, FreePages = { new FreePages { SizeKib = 2048, Count = freePages } } } },
    };
}
