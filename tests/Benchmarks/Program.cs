using Recovery.Benchmarks.Clouds;
using Recovery.Benchmarks.Quality;
using Recovery.Benchmarks.Speed;

return args switch
{
    ["quality"] => QualityCommand.Run(1, QualityCommand.AllSeeds),
    ["quality", var seed] when int.TryParse(seed, out var only) => QualityCommand.Run(only, only),
    ["quality", var from, var to] when int.TryParse(from, out var first) && int.TryParse(to, out var last) => QualityCommand.Run(first, last),
    ["speed"] => SpeedCommand.Run(),
    ["speed", var name, var hosts] when int.TryParse(hosts, out var size) => SingleCase.Run(name, size, seconds: 10),
    ["cloud"] => await CloudCommand.RunAsync(CancellationToken.None),
    _ => Help(),
};

static int Help()
{
    Console.Error.WriteLine("""
        Measures the planner, and how a cloud is read.
          quality               how many instances it places on 200 tight clusters, against an exact solver
          quality FIRST [LAST]  only these seeds; nothing is written down
          speed                 how long it takes on large clusters
          speed CASE HOSTS      only host, rack or forecast, again and again for ten seconds; nothing is written down
          cloud                 how long it takes to read a large OpenStack cloud out of its databases
        The whole runs write what they measured into docs/benchmarks.md, and exit with 1 when a limit is missed.
        """);
    return 2;
}
