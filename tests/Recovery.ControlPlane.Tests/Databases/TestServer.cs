using Microsoft.EntityFrameworkCore;
using Recovery.ControlPlane.Tests.Databases;
using Recovery.Labs;
using Xunit.v3;

[assembly: AssemblyFixture(typeof(TestServer))]

namespace Recovery.ControlPlane.Tests.Databases;

/// <summary>One MariaDB for all tests of a run, started when the first asks for it.</summary>
public sealed class TestServer : IAsyncDisposable
{
    // Off the tests' scheduler: it is waited for where nothing can be awaited.
    private static readonly Lazy<MariaDb> Server = new(
        () => Task.Run(() => MariaDb.StartAsync()).GetAwaiter().GetResult());

    public static MariaDb Instance => Server.Value;

    public static ServerVersion Version { get; } = new MariaDbServerVersion("10.11");

    public async ValueTask DisposeAsync()
    {
        if (Server.IsValueCreated)
        {
            await Server.Value.DisposeAsync();
        }
    }
}

/// <summary>The databases of this class's tests are on MariaDB in place of SQLite.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class OnMariaDbAttribute : Attribute
{
    /// <summary>Whether the test that runs here is of such a class.</summary>
    public static bool Applies =>
        TestContext.Current.TestClass is IXunitTestClass running && running.Class.IsDefined(typeof(OnMariaDbAttribute), inherit: false);
}
