using System.Collections.Concurrent;

namespace Recovery.Scenarios.Tests.Time;

/// <summary>Stories side by side, each on a thread of its own: as many as there are cores.</summary>
internal static class ManyStories
{
    // What would be spread over many turns of a thread pool happens in one turn here, one call inside another.
    private const int Stack = 64 * 1024 * 1024;

    /// <summary>Until there are no more cases, or the body says that it is enough.</summary>
    public static void Run<T>(IEnumerable<T> cases, Func<T, bool> goOn)
    {
        using var next = cases.GetEnumerator();
        var failures = new ConcurrentQueue<Exception>();
        var stopped = false;
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Work, Stack)).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (!failures.IsEmpty)
        {
            throw new AggregateException(failures);
        }

        void Work()
        {
            try
            {
                while (!Volatile.Read(ref stopped) && Take(out var one))
                {
                    if (!goOn(one))
                    {
                        Volatile.Write(ref stopped, true);
                    }
                }
            }
            catch (Exception failure)
            {
                failures.Enqueue(failure);
                Volatile.Write(ref stopped, true);
            }
        }

        bool Take(out T one)
        {
            lock (failures)
            {
                var isThere = next.MoveNext();
                one = isThere ? next.Current : default!;
                return isThere;
            }
        }
    }
}
