using System.Numerics;

namespace Recovery.Core.Planning;

/// <summary>The hosts of a cluster in the order of their bounds: where a guest without a bonus can score most, first.</summary>
internal sealed class Ranking
{
    private readonly int[] byRank;
    private readonly int[] rankOf;

    public Ranking(int hosts, Func<int, double> bound)
    {
        byRank = [.. Enumerable.Range(0, hosts).OrderByDescending(bound).ThenBy(host => host)];
        rankOf = new int[hosts];
        for (var rank = 0; rank < hosts; rank++)
        {
            rankOf[byRank[rank]] = rank;
        }
    }

    public int Hosts => byRank.Length;

    public int HostAt(int rank) => byRank[rank];

    public int RankOf(int host) => rankOf[host];
}

/// <summary>A set of hosts, a bit for each, which is walked in the order of a ranking: the emptiest first.</summary>
internal sealed class HostSet
{
    private const int BitsOfWord = 64;

    private readonly Ranking ranking;
    private readonly ulong[] words;

    private HostSet(Ranking ranking, ulong[] words) => (this.ranking, this.words) = (ranking, words);

    public static HostSet None(Ranking ranking) => new(ranking, new ulong[(ranking.Hosts + BitsOfWord - 1) / BitsOfWord]);

    public static HostSet Of(Ranking ranking, Func<int, bool> isIn)
    {
        var set = None(ranking);
        for (var host = 0; host < ranking.Hosts; host++)
        {
            if (isIn(host))
            {
                set.Add(host);
            }
        }

        return set;
    }

    public HostSet Copy() => new(ranking, [.. words]);

    public bool Contains(int host)
    {
        var rank = ranking.RankOf(host);
        return (words[rank / BitsOfWord] & (1UL << (rank % BitsOfWord))) != 0;
    }

    public void Add(int host)
    {
        var rank = ranking.RankOf(host);
        words[rank / BitsOfWord] |= 1UL << (rank % BitsOfWord);
    }

    public void Keep(HostSet others)
    {
        for (var word = 0; word < words.Length; word++)
        {
            words[word] &= others.words[word];
        }
    }

    public void Add(HostSet others)
    {
        for (var word = 0; word < words.Length; word++)
        {
            words[word] |= others.words[word];
        }
    }

    public List<int> ToList()
    {
        var hosts = new List<int>();
        foreach (var host in this)
        {
            hosts.Add(host);
        }

        return hosts;
    }

    public Enumerator GetEnumerator() => new(this);

    internal struct Enumerator(HostSet set)
    {
        private int word = -1;
        private ulong left = 0;

        public int Current { get; private set; }

        public bool MoveNext()
        {
            while (left == 0)
            {
                if (++word >= set.words.Length)
                {
                    return false;
                }

                left = set.words[word];
            }

            Current = set.ranking.HostAt((word * BitsOfWord) + BitOperations.TrailingZeroCount(left));
            left &= left - 1;
            return true;
        }
    }
}
