namespace Recovery.Labs;

/// <summary>Private MariaDBs that replicate each other's commits synchronously, as Galera does: each takes writes.</summary>
public sealed class GaleraCluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<MariaDb> nodes = [];

    public IReadOnlyList<MariaDb> Nodes => nodes;

    public static async Task<GaleraCluster> StartAsync(int size, CancellationToken cancellationToken = default)
    {
        var cluster = new GaleraCluster();
        var ports = Enumerable.Range(0, size).Select(_ => MariaDb.FreePort()).ToList();
        try
        {
            for (var number = 0; number < size; number++)
            {
                var node = await MariaDb.StartAsync(durable: false, new GaleraMember(number, ports), cancellationToken);
                cluster.nodes.Add(node);
                await ReadyAsync(node, cancellationToken);
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }
    }

    // It answers before it has the others' data.
    private static async Task ReadyAsync(MariaDb node, CancellationToken cancellationToken)
    {
        var begin = TimeProvider.System.GetTimestamp();
        while (!(await node.QueryAsync("mysql", "SHOW STATUS LIKE 'wsrep_ready'", cancellationToken)).Contains("wsrep_ready\tON"))
        {
            if (TimeProvider.System.GetElapsedTime(begin) > Patience)
            {
                throw new LabException($"A node of Galera was not ready within {Patience.TotalSeconds:0} s.");
            }

            await Task.Delay(100, cancellationToken);
        }
    }
}

/// <summary>A server's place in its cluster.</summary>
/// <param name="Number">From 0; the first one begins the cluster, the others join it.</param>
/// <param name="Ports">On which the members talk to each other.</param>
internal sealed record GaleraMember(int Number, IReadOnlyList<int> Ports)
{
    public bool Joins => Number > 0;

    public IReadOnlyList<string> Arguments => Joins ? [] : ["--wsrep-new-cluster"];

    public string Configuration { get; } =
        $"""
        binlog-format=ROW
        innodb-autoinc-lock-mode=2
        wsrep-on=ON
        wsrep-provider=/usr/lib/galera/libgalera_smm.so
        wsrep-cluster-name=recovery
        wsrep-cluster-address=gcomm://{string.Join(',', Ports.Select(port => $"127.0.0.1:{port}"))}
        wsrep-node-name=node{Number}
        wsrep-node-address=127.0.0.1:{Ports[Number]}
        wsrep-sst-method=rsync
        wsrep-sst-receive-address=127.0.0.1:{MariaDb.FreePort()}
        wsrep-provider-options="gmcast.listen_addr=tcp://127.0.0.1:{Ports[Number]};ist.recv_addr=127.0.0.1:{MariaDb.FreePort()};gcache.size=16M"

        """;
}
